/// The version of the router, as `router --version` prints it.
public let routerVersion = "0.1.0"
