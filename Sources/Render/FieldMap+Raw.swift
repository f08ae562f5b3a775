package import SecretMemory
package import Vault

extension FieldMap.Entry {
    /// The field as format `raw` writes it.
    package var raw: SecretBytes { RawFormat.bytes(of: values.map(NotationValue.json)) }
}
