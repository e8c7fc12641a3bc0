package phone

import (
	"fmt"
	"path"
)

// authorities are the certificate authorities that the image trusts: none that
// exist. A file is named by the hash of its subject.
var authorities = []string{"1f58a078.0", "5443e9e3.0", "9282e51c.0", "d39b0a2c.0"}

// trust puts the certificates into the image: from Android 14 a module's copies
// are what apps go by.
func (h *Handset) trust() {
	dirs := []string{"/system/etc/security/cacerts"}
	if h.persona.SDK >= 34 {
		dirs = append(dirs, "/apex/com.android.conscrypt/cacerts")
	}
	for _, dir := range dirs {
		for i, name := range authorities {
			text := fmt.Appendf(nil, "-----BEGIN CERTIFICATE-----\n%s\n-----END CERTIFICATE-----\n"+
				"Specimen authority %d\n", Digest(path.Join(dir, name)), i+1)
			h.files.Plant(path.Join(dir, name), 0o644, text)
		}
	}
}
