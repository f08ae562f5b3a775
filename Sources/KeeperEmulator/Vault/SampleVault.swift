/// The built-in vault, as a vault file: it shows the form, and `keeper-emulator --print-sample` prints it
/// for people to begin with.
enum SampleVault {
    static let yaml = #"""
        # A vault of keeper-emulator. None of these secrets opens anything.
        application: Sample shop
        folders:
          - name: Infrastructure
            uid: RootInfrastructure0001
            records:
              - title: Payments database
                uid: PaymentsDatabase000001
                type: databaseCredentials
                notes: "Rotated every night.\nAsk the payments team before you touch it."
                fields:
                  - {type: text, label: type, value: postgresql}
                  - {type: host, value: {hostName: db.payments.internal, port: "5432"}}
                  - {type: login, value: payments_app}
                  - {type: password, value: "correct horse battery staple"}
                custom:
                  - {type: text, label: Database name, value: payments}
                  - {type: text, label: Replicas, value: [db-1.payments.internal, db-2.payments.internal]}
                  - {type: text, label: Emergency contact}
                  - {type: checkbox, label: TLS required, value: true}
              - title: shop.example certificate
                uid: ShopCertificate0000001
                type: sslCertificate
                fields:
                  - {type: text, label: Common name, value: shop.example}
                custom:
                  - {type: multiline, label: Certificate, generate: certificate}
                  - {type: multiline, label: Private key, generate: key}
                files:
                  - {name: tls.crt, uid: ShopCertificateFile001, type: application/x-pem-file, generate: certificate}
                  - {name: tls.key, uid: ShopCertificateFile002, type: application/x-pem-file, generate: key}
            folders:
              - name: Production / EU
                uid: FolderProductionEU0001
                records:
                  - title: Deploy key
                    uid: DeployKey0000000000001
                    type: sshKeys
                    direct: true
                    fields:
                      - {type: login, value: deploy}
                      - type: keyPair
                        value:
                          publicKey: ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEmulatedEmulatedEmulatedEmulatedEmulated deploy@shop
                          privateKey: "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAABG5vbmU\nAAAAEbm9uZQAAAAAAAAABAAAAMwAAAA\n-----END OPENSSH PRIVATE KEY-----\n"
                      - {type: host, value: {hostName: deploy.shop.example, port: "22"}}
                      - {type: password, label: passphrase}
                folders:
                  - name: Überwachung – мониторинг
                    uid: FolderUeberwachung0001
                    records:
                      - title: "Grafana Zugang – ключ"
                        uid: GrafanaZugang000000001
                        type: login
                        fields:
                          login: "Jürgen.Müller@shop.example"
                          password: "Pä$$wörd'\"\\ with ünïcode 秘密 🔐"
                          url: ["https://grafana.shop.example", "https://grafana-dr.shop.example"]
                          oneTimeCode: "otpauth://totp/Grafana:jm?secret=JBSWY3DPEHPK3PXP&issuer=Grafana"
                        custom:
                          - {type: text, label: "備考 📝", value: "監視 🔑"}
              - name: Staging
                uid: FolderStaging000000001
                records:
                  - title: Staging login
                    uid: StagingLoginA000000001
                    fields: {login: staging, password: first-of-two, url: "https://staging.shop.example"}
                  - title: Staging login
                    uid: StagingLoginB000000001
                    fields: {login: staging, password: second-of-two, url: "https://staging-2.shop.example"}
          - name: Büro
            uid: RootBuero0000000000001
            records:
              - title: Company card
                uid: CompanyCard00000000001
                type: bankCard
                fields:
                  - type: paymentCard
                    value: {cardNumber: "4111111111111111", cardExpirationDate: "12/2031", cardSecurityCode: "123"}
                  - {type: text, label: cardholderName, value: Ada Lovelace}
                  - {type: pinCode, value: "0042"}
              - title: Ada Lovelace
                uid: ContactAdaLovelace0001
                type: contact
                fields:
                  - {type: name, value: {first: Ada, middle: King, last: Lovelace}}
                  - {type: text, label: company, value: Analytical Engines Ltd}
                  - {type: email, value: ada@engines.example}
                  - type: phone
                    value:
                      - {region: GB, number: 20 7946 0001, ext: "12", type: Work}
                      - {region: GB, number: 7700 900 123, ext: "", type: Mobile}
                  - {type: birthDate, value: -4857840000000}
        records:
          - title: Web shop login
            uid: WebShopLogin0000000001
            type: login
            notes: ""
            fields:
              login: shop-admin
              password: hunter2-but-longer
              url: https://shop.example/admin
              oneTimeCode:
            custom:
              - {type: secret, label: API Key, value: sk_test_51Emulated}
              - {type: text, label: "Region/Zone [1]", value: "eu-west-1/a"}
              - {type: email, label: Owner, value: ops@shop.example}
            files:
              - {name: readme.txt, uid: WebShopReadme000000001, title: Read me, type: text/plain, text: "Zugangsdaten für den Shop ✓\n"}
          - title: Recovery codes
            uid: RecoveryCodes000000001
            type: encryptedNotes
            keyless: true
            fields:
              - {type: note, value: "1111-2222\n3333-4444\n5555-6666\n"}
              - {type: date, value: 1700000000000}
          - title: Signing keystore
            uid: SigningKeystore0000001
            type: file
            links: [WebShopLogin0000000001]
            files:
              - {name: release.keystore, uid: ReleaseKeystore0000001, title: Release keystore, random: 102400}
              - {name: empty.dat, uid: EmptyFile0000000000001, text: ""}
        """#
}
