/// A regular expression that matches in a time bounded by its size times that of the text (a Pike
/// machine: all threads step together, none goes back).
struct Regex {
    enum Instruction {
        case set(RegexSet)
        case jump(Int)
        /// The first is preferred.
        case split(Int, Int)
        case save(Int)
        case check(RegexNode)
        case match
    }

    private(set) var program: [Instruction] = []
    let groupCount: Int
    let names: [String: Int]
    private let engine: Engine

    init(_ pattern: Text, _ engine: Engine) throws(FunctionFailure) {
        guard pattern.count <= 8_192 else {
            throw FunctionFailure("the regular expression is longer than 8192 bytes")
        }
        var parser = RegexParser(pattern)
        let node = try parser.parse()
        groupCount = parser.groupCount
        names = parser.names
        self.engine = engine
        try compile(.group(node, 0))
        try emit(.match)
        try engine.charge(steps: program.count / 16 + 1)
    }

    private mutating func emit(_ instruction: Instruction) throws(FunctionFailure) {
        guard program.count < 20_000 else { throw FunctionFailure("the regular expression is too large") }
        program.append(instruction)
    }

    private mutating func compile(_ node: RegexNode) throws(FunctionFailure) {
        switch node {
        case .empty: break
        case .set(let set): try emit(.set(set))
        case .start, .end, .textEnd, .wordBoundary: try emit(.check(node))
        case .group(let inner, let number):
            if let number { try emit(.save(2 * number)) }
            try compile(inner)
            if let number { try emit(.save(2 * number + 1)) }
        case .concatenation(let parts): for part in parts { try compile(part) }
        case .alternation(let branches):
            var jumps: [Int] = []
            for (index, branch) in branches.enumerated() {
                guard index < branches.count - 1 else {
                    try compile(branch)
                    break
                }
                let split = program.count
                try emit(.split(split + 1, 0))
                try compile(branch)
                jumps.append(program.count)
                try emit(.jump(0))
                program[split] = .split(split + 1, program.count)
            }
            for jump in jumps { program[jump] = .jump(program.count) }
        case .repetition(let inner, let least, let most, let isGreedy):
            for _ in 0..<(most == nil ? max(least - 1, 0) : least) { try compile(inner) }
            if let most {
                var splits: [Int] = []
                for _ in 0..<max(0, most - least) {
                    splits.append(program.count)
                    try emit(.split(0, 0))
                    try compile(inner)
                }
                for split in splits {
                    program[split] =
                        isGreedy ? .split(split + 1, program.count) : .split(program.count, split + 1)
                }
            } else {
                // As Go: `x*` is `(x+)?`, which matters where x may be empty.
                let skip = program.count
                if least == 0 { try emit(.split(0, 0)) }
                let again = program.count
                try compile(inner)
                let after = program.count + 1
                try emit(isGreedy ? .split(again, after) : .split(after, again))
                if least == 0 { program[skip] = isGreedy ? .split(again, after) : .split(after, again) }
            }
        }
    }

    /// One thread of the machine: where it stands, and what its groups took so far.
    private struct Thread {
        let address: Int
        let groups: [Int]
    }

    /// The leftmost match from `start` on, preferring as Perl does.
    /// - Returns: begin and end of the whole and of each group, -1 where it took no part.
    func match(_ text: Text, from start: Int = 0) throws(FunctionFailure) -> [Int]? {
        var best: [Int]?
        var threads: [Thread] = []
        var marks = [Int](repeating: -1, count: program.count)
        var position = start
        let none = [Int](repeating: -1, count: 2 * (groupCount + 1))
        while position <= text.count {
            if best == nil {
                add(0, none, &threads, &marks, text, position)
            }
            if threads.isEmpty, best != nil { break }
            try engine.charge(steps: 1 + threads.count / 64)
            let rune = position < text.count ? text.rune(at: position) : nil
            let next = rune?.range.upperBound ?? text.count + 1
            var following: [Thread] = []
            var followingMarks = marks
            for thread in threads {
                switch program[thread.address] {
                case .match: best = thread.groups
                case .set(let set):
                    if let rune, set.contains(rune.scalar) {
                        add(thread.address + 1, thread.groups, &following, &followingMarks, text, next)
                    }
                    continue
                default: continue
                }
                // Those after it are less preferred.
                break
            }
            threads = following
            marks = followingMarks
            position = next
        }
        return best
    }

    /// Follows what needs no character; `marks` say at which position an address was seen.
    private func add(
        _ address: Int, _ groups: [Int], _ threads: inout [Thread], _ marks: inout [Int], _ text: Text,
        _ position: Int
    ) {
        // An own stack: the program may be 20,000 instructions deep.
        var pending = [(address, groups)]
        while let (address, groups) = pending.popLast() {
            guard marks[address] != position else { continue }
            marks[address] = position
            switch program[address] {
            case .jump(let target): pending.append((target, groups))
            case .split(let first, let second):
                pending.append((second, groups))
                pending.append((first, groups))
            case .save(let slot):
                var groups = groups
                groups[slot] = position
                pending.append((address + 1, groups))
            case .check(let node):
                if holds(node, text, position) { pending.append((address + 1, groups)) }
            case .set, .match: threads.append(Thread(address: address, groups: groups))
            }
        }
    }

    private func holds(_ node: RegexNode, _ text: Text, _ position: Int) -> Bool {
        switch node {
        case .start(let multiline): position == 0 || multiline && text[position - 1] == 10
        case .end: position == text.count || text[position] == 10
        case .textEnd: position == text.count
        case .wordBoundary(let wanted):
            (isWord(text, position - 1) != isWord(text, position)) == wanted
        default: false
        }
    }

    private func isWord(_ text: Text, _ index: Int) -> Bool {
        guard index >= 0, index < text.count else { return false }
        switch text[index] {
        case 48...57, 65...90, 95, 97...122: return true
        default: return false
        }
    }

    /// All matches as Go's `FindAll` has them: an empty one right after another is left out.
    func matches(_ text: Text, limit: Int = -1) throws(FunctionFailure) -> [[Int]] {
        var found: [[Int]] = []
        var position = 0
        var previousEnd = -1
        while position <= text.count, limit < 0 || found.count < limit {
            guard let match = try match(text, from: position) else { break }
            var accepts = true
            if match[1] == position {
                if match[0] == previousEnd { accepts = false }
                position = position < text.count ? text.rune(at: position).range.upperBound : text.count + 1
            } else {
                position = match[1]
            }
            previousEnd = match[1]
            if accepts {
                found.append(match)
                try engine.charge(steps: 1)
            }
        }
        return found
    }
}
