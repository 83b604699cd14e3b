import Testing

@testable import Naming

@Suite struct PrincipalTemplateTests {
  @Test(arguments: [
    ("User:{user}", "alice", "User:alice"),
    ("User:CN={user},OU=hpc", "a_l", "User:CN=a_l,OU=hpc"),
    ("User:{user}@EXAMPLE.ORG", "a.l", "User:a.l@EXAMPLE.ORG"),
    ("Group:{user}", "é", "Group:é"),
  ])
  func theNameStandsWhereTheFieldWas(_ text: String, _ user: String, _ principal: String) throws {
    let template = try PrincipalTemplate(text)
    #expect(template.principal(of: Name(user)) == principal)
    #expect(template.description == text)
  }

  @Test func theStandardIsTheUser() throws {
    #expect(try PrincipalTemplate("User:{user}") == .standard)
  }

  @Test(arguments: [
    ("", PrincipalTemplateError.Problem.noUser), ("User:alice", .noUser), ("User:*", .noUser), ("User:{User}", .noUser),
    ("User:{user}{user}", .userTwice), ("User:CN={user},E={user}@x", .userTwice),
    ("User:{user}@{node}", .otherField), ("User:{{user}}", .otherField), ("User:{user", .noUser),
    ("{user}", .noType), (":{user}", .noType), ("{user}:x", .noType), ("User{user}", .noType),
  ])
  func invalidInputIsRejected(_ text: String, _ problem: PrincipalTemplateError.Problem) throws {
    let error = #expect(throws: PrincipalTemplateError.self) { try PrincipalTemplate(text) }
    #expect(error?.problem == problem)
    #expect(error?.description.contains("write") == true)
  }

  @Test(arguments: ["", "router", "User:", ":router", "User:*", "User:a\u{7}b"])
  func rightsAreGivenToNobodyInParticularByMistake(_ principal: String) {
    #expect(PrincipalTemplate.validationError(aboutPrincipal: principal) != nil)
  }

  @Test(arguments: ["User:router", "User:CN=router,OU=hpc", "Group:a:b", "User:*x"])
  func onePrincipalIsTaken(_ principal: String) {
    #expect(PrincipalTemplate.validationError(aboutPrincipal: principal) == nil)
  }
}
