// swift-tools-version: 6.2
import PackageDescription

// Pinned exactly: Package.resolved is not kept, so this file is the lock.
let dependencies: [Package.Dependency] = [
    .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
    .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
    // The webhook's server; the agent links none of these.
    .package(url: "https://github.com/hummingbird-project/hummingbird", exact: "2.28.1"),
    .package(url: "https://github.com/apple/swift-nio", exact: "2.101.2"),
    .package(url: "https://github.com/apple/swift-nio-ssl", exact: "2.37.6"),
    .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", exact: "2.13.0"),
    // The controller's client of the Kubernetes API: on the NIO that the webhook has already.
    .package(url: "https://github.com/swift-server/async-http-client", exact: "1.37.0"),
]

let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
]

/// A library target of ours; `tests` targets are listed apart.
func room(_ name: String, uses: [Target.Dependency] = [], exclude: [String] = []) -> Target {
    .target(name: name, dependencies: uses, exclude: exclude, swiftSettings: settings)
}

let argumentParser: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")
let hummingbird: [Target.Dependency] = [
    .product(name: "HummingbirdCore", package: "hummingbird"),
    .product(name: "Logging", package: "swift-log"),
    .product(name: "NIOCore", package: "swift-nio"),
    .product(name: "NIOHTTP1", package: "swift-nio"),
    .product(name: "NIOPosix", package: "swift-nio"),
    .product(name: "NIOSSL", package: "swift-nio-ssl"),
    .product(name: "NIOTLS", package: "swift-nio"),
    .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
]
let asyncHTTPClient: [Target.Dependency] = [
    .product(name: "AsyncHTTPClient", package: "async-http-client"),
    .product(name: "NIOCore", package: "swift-nio"),
    .product(name: "NIOHTTP1", package: "swift-nio"),
    .product(name: "NIOSSL", package: "swift-nio-ssl"),
]
let yams: Target.Dependency = .product(name: "Yams", package: "Yams")

let package = Package(
    name: "keeper-injector",
    products: [
        .executable(name: "keeper-injector", targets: ["keeper-injector"]),
        .executable(name: "keeper-injector-agent", targets: ["keeper-injector-agent"]),
        .executable(name: "keeper-injector-mount", targets: ["keeper-injector-mount"]),
        .executable(name: "keeper-injector-exec", targets: ["keeper-injector-exec"]),
        .executable(name: "keeper-injector-webhook", targets: ["keeper-injector-webhook"]),
        .executable(name: "keeper-emulator", targets: ["keeper-emulator"]),
    ],
    dependencies: dependencies,
    targets: [
        // C libraries: module maps and the shims that Swift cannot express.
        .target(name: "CCurl", linkerSettings: [.linkedLibrary("curl")]),
        .target(
            name: "COpenSSL",
            linkerSettings: [.linkedLibrary("ssl"), .linkedLibrary("crypto")]),
        .target(name: "CFuse", linkerSettings: [.linkedLibrary("fuse3")]),
        .target(name: "CLinux"),

        // Product rooms, from the ground up.
        room("JSONText"),
        room("Telemetry"),
        room("SecretMemory", uses: ["CLinux", "JSONText"]),
        room("Plan", uses: ["JSONText", "SecretMemory"]),
        room("Vault", uses: ["Plan", "SecretMemory"]),
        room("KeeperCrypto", uses: ["COpenSSL", "SecretMemory"]),
        room("TemplateSyntax", uses: ["Plan"]),
        room("GoTemplate", uses: ["COpenSSL", "KeeperCrypto", "Plan", "SecretMemory", "TemplateSyntax"]),
        room("Injection", uses: ["JSONText", "Plan", "TemplateSyntax", yams]),
        room("Admission", uses: ["Injection", "JSONText", "Plan"]),
        room(
            "Render", uses: ["GoTemplate", "KeeperCrypto", "Plan", "SecretMemory", "TemplateSyntax", "Vault"]),
        room("Fetcher", uses: ["CCurl", "CLinux", "KeeperCrypto", "Plan", "SecretMemory", "Vault"]),
        room("SecretFS", uses: ["CFuse", "CLinux", "KeeperCrypto", "Plan", "SecretMemory"]),
        room(
            "Agent",
            uses: [
                "CLinux", "Fetcher", "JSONText", "KeeperCrypto", "Plan", "Render", "SecretFS", "SecretMemory",
                "Telemetry", "Vault",
            ]),

        // What the executables have in common: the administrator's flags, logging, exit codes.
        room("CommandOptions", uses: ["Injection", "Plan", "Telemetry", argumentParser, yams]),

        // The privileged half of a FUSE mount: no libfuse, no network, no secrets.
        room("MountHolder", uses: ["CLinux", "Telemetry"]),

        // Environment file → execve, in the app's own container.
        room("Launcher", uses: ["CLinux"]),

        // Kubernetes objects in YAML and JSON files, patched without touching the user's text.
        room("Manifests", uses: ["Plan", yams]),

        // HTTPS around Admission: certificates on disk, limits, metrics, audit log.
        room("Webhook", uses: ["Admission", "Injection", "JSONText", "Plan", "Telemetry"] + hummingbird),

        // The few things of the Kubernetes API that we need, and the controller that uses them.
        room("KubeClient", uses: ["JSONText", "Plan", "SecretMemory"] + asyncHTTPClient),
        room(
            "SecretController",
            uses: [
                "Fetcher", "Injection", "JSONText", "KeeperCrypto", "KubeClient", "Plan", "Render",
                "SecretMemory", "Telemetry", "Vault", .product(name: "NIOPosix", package: "swift-nio"),
            ]),

        // A Keeper service for the demo and the tests, never linked into a product.
        room("KeeperEmulator", uses: ["COpenSSL", "KeeperCrypto", "SecretMemory", yams]),

        .executableTarget(
            name: "keeper-injector-agent", dependencies: ["Agent"], swiftSettings: settings),
        .executableTarget(
            name: "keeper-injector-mount", dependencies: ["MountHolder", "Plan"], swiftSettings: settings),
        .executableTarget(
            name: "keeper-injector-exec", dependencies: ["Launcher"], swiftSettings: settings),
        .executableTarget(
            name: "keeper-injector",
            dependencies: [
                "Agent", "CommandOptions", "Fetcher", "GoTemplate", "Injection", "Manifests", "Plan",
                "Render",
                "SecretFS", "SecretMemory", "Telemetry", "TemplateSyntax", "Vault", argumentParser, yams,
            ],
            swiftSettings: settings),
        .executableTarget(
            name: "keeper-injector-webhook",
            dependencies: [
                "CommandOptions", "KubeClient", "Plan", "SecretController", "Webhook", argumentParser,
            ],
            swiftSettings: settings),
        .executableTarget(
            name: "keeper-emulator", dependencies: ["KeeperEmulator", argumentParser],
            swiftSettings: settings),

        // Quick: no process, no server, no mount. Peers: real ones, each said loudly when missing.
        .executableTarget(
            name: "publish-probe", dependencies: ["Plan", "SecretFS", "SecretMemory"],
            path: "Tests/Probes/publish-probe", swiftSettings: settings),
        .executableTarget(
            name: "fuse-probe", dependencies: ["Plan", "SecretFS", "SecretMemory"],
            path: "Tests/Probes/fuse-probe", swiftSettings: settings),
        .executableTarget(
            name: "admission-probe", dependencies: ["Admission", "Injection"],
            path: "Tests/Probes/admission-probe", swiftSettings: settings),
        .executableTarget(
            name: "template-probe", dependencies: ["GoTemplate", "SecretMemory", "TemplateSyntax"],
            path: "Tests/Probes/template-probe", swiftSettings: settings),
        .executableTarget(
            name: "scale-model", dependencies: ["Fetcher"], path: "Tests/Probes/scale-model",
            swiftSettings: settings),
        .target(name: "TestSupport", path: "Tests/Support", swiftSettings: settings),
        .testTarget(
            name: "QuickTests",
            dependencies: [
                "Admission", "Agent", "CommandOptions", "Fetcher", "Injection", "JSONText", "KeeperCrypto",
                "Launcher", "Manifests", "MountHolder", "Plan", "Render", "SecretFS", "SecretMemory",
                "Telemetry",
                "TemplateSyntax",
                "TestSupport", "Vault",
            ],
            path: "Tests/Quick", swiftSettings: settings),
        .testTarget(
            name: "PeerTests",
            dependencies: [
                "Agent", "Fetcher", "GoTemplate", "KeeperCrypto", "KeeperEmulator", "Plan", "Render",
                "SecretFS",
                "SecretMemory", "Telemetry", "TemplateSyntax", "TestSupport", "Vault", "keeper-injector",
                "keeper-injector-agent",
                "admission-probe", "fuse-probe", "keeper-emulator", "keeper-injector-exec",
                "keeper-injector-mount", "publish-probe",
                "template-probe",
            ],
            path: "Tests/Peers", exclude: ["java", "python"], swiftSettings: settings),
        // Apart from the others: it alone needs Hummingbird to be built.
        .testTarget(
            name: "WebhookTests",
            dependencies: [
                "Admission", "Agent", "Injection", "Plan", "TestSupport", "keeper-injector-webhook",
            ],
            path: "Tests/Webhook", swiftSettings: settings),
        // Apart too: it needs NIO.
        .testTarget(
            name: "ControllerTests",
            dependencies: [
                "Injection", "JSONText", "KubeClient", "Plan", "SecretController", "SecretMemory",
                "Telemetry",
                "TestSupport", "Vault", "keeper-emulator", "keeper-injector-webhook",
            ],
            path: "Tests/Controller", swiftSettings: settings),
    ],
    swiftLanguageModes: [.v6]
)
