/// The version of every executable.
package let productVersion = "0.1.0"
