package phone

import (
	"crypto/sha256"
	"fmt"
	"strings"
	"time"

	"assay/harness/virtual/disk"
)

// InstallTimes are when a package came, and when it was last updated.
func (h *Handset) InstallTimes(p *Package) (first, last time.Time) {
	last, err := time.ParseInLocation(time.DateTime, h.InstallTime(p), h.Clock.Zone())
	if err != nil {
		last = disk.ImageTime
	}
	return disk.ImageTime, last
}

// InstallTime is when a package was last installed: a month or more before the
// run, for an update.
func (h *Handset) InstallTime(p *Package) string {
	if p.Updated == "" && p.IsSystem {
		return ImageInstallTime(h)
	}
	days := time.Duration(30+h.Number("installed", p.Name)%60) * 24 * time.Hour
	return h.Clock.start.Add(-days).In(h.Clock.Zone()).Format(time.DateTime)
}

// Certificate is the digest of the certificate that signed a package: a
// specimen's own is the same on every handset, a maker's its own.
func (h *Handset) Certificate(p *Package) string {
	if p.SignedBy() == "specimen" {
		return Digest("signer", "specimen")
	}
	return Digest("signer", h.persona.Brand, p.SignedBy())
}

// Digest is a SHA-256 in capitals.
func Digest(parts ...string) string {
	return fmt.Sprintf("%X", sha256.Sum256([]byte(strings.Join(parts, "\x00"))))
}

// ImageInstallTime is when the image's packages say that they were installed: the
// image's own time, in the handset's zone.
func ImageInstallTime(h *Handset) string {
	return disk.ImageTime.In(h.Clock.Zone()).Format(time.DateTime)
}
