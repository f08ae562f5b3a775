/// The page for people and the API behind it.
struct ControlService: Sendable {
    let keeper: KeeperService
    let hostname: String

    func serve(_ socket: Socket) {
    }
}
