import Kafka
import Testing

@testable import Logging

@Suite struct LoginAdviceTests {
  private static func properties(_ mechanism: KeyValuePairs<String, String>) -> ClientProperties {
    var properties = ClientProperties(["security.protocol": "SASL_SSL"])
    for (name, value) in mechanism { properties[name] = value }
    return properties
  }

  @Test(arguments: [0x0200_02ff, 0x0206_00ff], ["sasl.mechanism", "sasl.mechanisms"])
  func scramWithAnOldLibraryIsReportedWithTheRemedy(_ library: Int, _ name: String) {
    for mechanism in ["SCRAM-SHA-512", "scram-sha-256"] {
      let advice = LoginAdvice.advice(for: Self.properties([name: mechanism]), library: library)
      #expect(advice?.hasPrefix("librdkafka 2.\(library >> 16 & 0xff).") == true)
      for words in [mechanism.uppercased(), "PLAIN inside TLS", "mutual TLS", "librdkafka 2.6.1 or newer"] {
        #expect(advice?.contains(words) == true, "\(words)")
      }
    }
  }

  @Test func nothingElseIsWarnedOf() {
    let scram = Self.properties(["sasl.mechanism": "SCRAM-SHA-512"])
    #expect(LoginAdvice.advice(for: scram, library: 0x0206_01ff) == nil)
    #expect(LoginAdvice.advice(for: scram, library: 0x020a_00ff) == nil)
    var plaintext = scram
    plaintext["security.protocol"] = "ssl"
    #expect(LoginAdvice.advice(for: plaintext, library: 0x0200_02ff) == nil)
    for other in ["PLAIN", "GSSAPI", "OAUTHBEARER"] {
      #expect(LoginAdvice.advice(for: Self.properties(["sasl.mechanism": other]), library: 0x0200_02ff) == nil)
    }
    // Of the two names, the one that was given last counts, as in librdkafka.
    let changed = Self.properties(["sasl.mechanism": "SCRAM-SHA-512", "sasl.mechanisms": "PLAIN"])
    #expect(LoginAdvice.advice(for: changed, library: 0x0200_02ff) == nil)
  }
}
