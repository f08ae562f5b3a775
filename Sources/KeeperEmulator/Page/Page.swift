import KeeperCrypto

/// The page: one document, with nothing fetched from elsewhere.
enum Page {
    static func response() -> HTTPResponse {
        // The style and the script of this answer, and nothing that a hostile title might smuggle in.
        let nonce = base64((try? randomNonce(16)) ?? [], .urlSafe)
        let policy =
            "default-src 'none'; style-src 'nonce-\(nonce)'; script-src 'nonce-\(nonce)'; connect-src 'self'; "
            + "img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        let document = """
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <title>keeper-emulator</title>
            <link rel="icon" href="data:,">
            <style nonce="\(nonce)">
            \(style)
            </style>
            </head>
            <body>
            \(markup)
            <script nonce="\(nonce)">
            \(script)
            </script>
            </body>
            </html>

            """
        return HTTPResponse(
            200, type: "text/html; charset=utf-8",
            headers: [("Content-Security-Policy", policy), ("Referrer-Policy", "no-referrer")],
            body: Array(document.utf8))
    }
}
