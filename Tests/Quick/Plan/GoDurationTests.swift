import Plan
import TestSupport
import Testing

@Suite("Go durations")
struct GoDurationTests {
    @Test(
        "are read as Go reads them",
        arguments: [
            ("0", 0), ("5m", 300_000_000_000), ("1h30m", 5_400_000_000_000), ("1.5h", 5_400_000_000_000),
            ("300ms", 300_000_000), (".5s", 500_000_000), ("5.s", 5_000_000_000), ("+3s", 3_000_000_000),
            ("1\u{B5}s", 1_000), ("1\u{3BC}s", 1_000), ("1us", 1_000), ("1ns", 1), ("1m1m", 120_000_000_000),
            ("0.3333333333333333333h", 1_200_000_000_000), ("9223372036854775807ns", Int64.max),
            ("0.100000000000000000000h", 360_000_000_000),
        ])
    func read(text: String, nanoseconds: Int64) throws {
        #expect(try Duration(go: text) == .nanoseconds(nanoseconds))
    }

    @Test(
        "that are none say where",
        arguments: [
            ("", 0), ("5", 1), ("5 minutes", 1), ("-5m", 0), ("m", 0), (".s", 1), ("1h 30m", 1), ("5M", 1),
            ("1d", 1), ("99999999999999999999s", 0), ("2562048h", 0), ("1h\u{661}m", 1), ("١m", 0), ("+", 1),
            ("9223372036854775807ns1ns", 24),
        ])
    func refuse(text: String, position: Int) throws {
        let error = try #require(throws: GoDurationError.self) { try Duration(go: text) }
        #expect(error.position == position, "\(text): \(error.reason)")
    }

    @Test(
        "are written as Go writes them",
        arguments: [
            (0, "0s"), (1, "1ns"), (1_100, "1.1µs"), (2_200_000, "2.2ms"), (3_300_000_000, "3.3s"),
            (300_000_000_000, "5m0s"), (245_001_000_000, "4m5.001s"), (18_367_001_000_000, "5h6m7.001s"),
            (480_000_000_001, "8m0.000000001s"), (Int64.max, "2562047h47m16.854775807s"),
        ])
    func write(nanoseconds: Int64, text: String) {
        #expect(Duration.nanoseconds(nanoseconds).goDescription == text)
    }

    @Test("come back the same")
    func roundTrip() throws {
        var random = SeededRandom(seed: 1)
        for _ in 0..<2_000 {
            let bits = Int64.random(in: 0...63, using: &random)
            let duration = Duration.nanoseconds(Int64.random(in: 0...(Int64.max >> bits), using: &random))
            #expect(try Duration(go: duration.goDescription) == duration)
        }
    }
}
