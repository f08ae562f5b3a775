import Glibc
package import Plan
package import SecretMemory
import Synchronization

/// Publishes by directory swap, as kubelet's atomic writer does (`GenerationName` shows the layout).
///
/// A publish first builds the new generation of each directory that changed, completely and out of sight,
/// then switches them one after another by rename(2). So a full volume, or a process killed at any moment,
/// leaves readers with complete files. What is published is compared with the disk, not with memory:
/// nothing is written when it is right, and what was damaged is put right.
package final class TmpfsPublisher: Publisher {
    private let directories: [PublishedDirectory]
    private let ownership: Ownership
    private let retirementGrace: Duration

    /// Generations that are no longer in force; the lock makes calls wait for each other.
    private let retired = Mutex<[Retired]>([])

    private struct Retired {
        let directory: PublishedDirectory
        let name: String
        /// When no reader can be on its way into it any more (monotonic).
        let deadline: Duration
    }

    /// - Parameters:
    ///   - directories: in the order of their switch, `secrets-path` last. Made when missing.
    ///   - retirementGrace: how long an old generation stays for readers that hold its directory, or are
    ///     between its name and the file.
    package init(
        directories: [PublishedDirectory], ownership: Ownership,
        retirementGrace: Duration = .milliseconds(500)
    ) {
        self.directories = directories
        self.ownership = ownership
        self.retirementGrace = retirementGrace
    }

    package var hasPublished: Bool {
        // Without a directory there is nothing to see: a pod of environment variables alone.
        !directories.isEmpty
            && directories.allSatisfy { directory in
                (try? directory.open())?.flatMap { try? $0.currentGeneration() } != nil
            }
    }

    package func content(at path: AbsolutePath) -> SecretBytes? {
        let places = directories.filter { path.relative(to: $0.mountPath) != nil }
        guard let place = places.max(by: { $0.mountPath.components.count < $1.mountPath.components.count }),
            let directory = try? place.open(), let generation = try? directory.currentGeneration()
        else { return nil }
        let names = path.components.dropFirst(place.mountPath.components.count)
        return try? directory.open(generation, for: .directory).content(at: names)
    }

    package func prepare() throws(PublishError) {
        for directory in directories {
            do throws(SystemError) {
                let open = try directory.openOrMake(ownership)
                // A volume's root may belong to root: then it stays as kubelet made it.
                _ = try unless(EPERM) { () throws(SystemError) in try open.adopt(ownership) }
            } catch {
                throw PublishError(error, in: directory, ownership: ownership)
            }
        }
    }

    @discardableResult
    package func publish(_ generation: Generation) throws(PublishError) -> Publication {
        try retired.withLock { (retired) throws(PublishError) in try publish(generation, &retired) }
    }

    package var nextSweep: Duration? {
        retired.withLock { $0.map(\.deadline).min().map { max(.zero, $0 - monotonicTime()) } }
    }

    package func sweep() {
        retired.withLock { sweep(&$0, until: monotonicTime()) }
    }

    package func finish() {
        retired.withLock { retired in
            guard let last = retired.map(\.deadline).max() else { return }
            sleep(until: last)
            sweep(&retired, until: last)
        }
    }

    private func publish(
        _ generation: Generation, _ retired: inout [Retired]
    ) throws(PublishError) -> Publication {
        let trees = try Tree.distribute(generation, over: directories.map(\.mountPath))
        var work: [Preparation] = []
        for (directory, tree) in zip(directories, trees) {
            work.append(try Preparation(directory, tree: tree, ownership: ownership))
        }
        for preparation in work { retireDebris(of: preparation, &retired) }
        sweep(&retired, until: monotonicTime())

        try prepare(&work, &retired)
        try commit(&work, &retired)
        sweep(&retired, until: monotonicTime())
        return publication(of: work)
    }

    private func prepare(
        _ work: inout [Preparation], _ retired: inout [Retired]
    ) throws(PublishError) {
        var triedAgain = false
        while let (failed, cause) = firstFailure(&work) {
            // What is left counts without what we took ourselves.
            for index in work.indices { work[index].discard() }
            guard cause.isFullVolume else {
                throw PublishError(cause, in: work[failed].published, ownership: ownership)
            }
            // Old generations are a courtesy to readers under way; new secrets come first.
            guard !triedAgain, !retired.isEmpty else {
                let space = work[failed].space
                throw .full(
                    location: work[failed].published.location,
                    needed: work.reduce(0) { $0 + $1.byteCount }, available: space.bytes,
                    filesLeft: space.files)
            }
            triedAgain = true
            sweep(&retired, until: nil)
        }
    }

    private func firstFailure(_ work: inout [Preparation]) -> (index: Int, cause: SystemError)? {
        for index in work.indices {
            do throws(SystemError) {
                try work[index].prepare()
            } catch {
                return (index, error)
            }
        }
        return nil
    }

    private func commit(_ work: inout [Preparation], _ retired: inout [Retired]) throws(PublishError) {
        // Nothing else between the switches, and nothing that takes space.
        for index in work.indices {
            do throws(SystemError) {
                try work[index].commit()
            } catch {
                for rest in work.indices where rest >= index { work[rest].discard() }
                throw PublishError(error, in: work[index].published, ownership: ownership)
            }
        }
        for preparation in work {
            preparation.tidy()
            if preparation.needsGeneration, let old = preparation.inspection.current {
                retire(old, in: preparation.published, &retired)
            }
        }
    }

    private func publication(of work: [Preparation]) -> Publication {
        var publication = Publication()
        for preparation in work {
            let comparison = preparation.inspection.comparison
            // A name on disk that is no path of ours cannot have been an app's file.
            let path = { (name: String) in try? preparation.published.mountPath.appending(name) }
            publication.added += comparison.added.compactMap(path)
            publication.changed += comparison.changed.compactMap(path)
            publication.removed += comparison.removed.compactMap(path)
            if preparation.writes { publication.wroteAnything = true }
        }
        return publication
    }

    private func retire(_ name: String, in directory: PublishedDirectory, _ retired: inout [Retired]) {
        retired.append(
            Retired(directory: directory, name: name, deadline: monotonicTime() + retirementGrace))
    }

    /// An earlier process's generations are retired like our own: one may have been in force when it died.
    private func retireDebris(of preparation: Preparation, _ retired: inout [Retired]) {
        let known = Set(retired.lazy.filter { $0.directory == preparation.published }.map(\.name))
        for name in preparation.inspection.debris where !known.contains(name) {
            // No reader goes by this one.
            guard name != GenerationName.next else {
                preparation.removeNext()
                continue
            }
            retire(name, in: preparation.published, &retired)
        }
    }

    /// - Parameter deadline: sweep what was due by then; `nil`: everything.
    private func sweep(_ retired: inout [Retired], until deadline: Duration?) {
        let isDue = { (item: Retired) in deadline.map { item.deadline <= $0 } ?? true }
        for item in retired where isDue(item) {
            // Another process could have put it into force.
            guard let directory = try? item.directory.open(),
                (try? directory.target(of: GenerationName.current)) != item.name
            else { continue }
            directory.dispose(of: item.name)
        }
        retired.removeAll(where: isDue)
    }
}
