package virtual

import (
	"crypto/sha256"
	"fmt"
	"strings"
	"time"

	"assay/harness/virtual/disk"
)

// installTimes are when a package came, and when it was last updated.
func (h *PhoneHandset) installTimes(p *installed) (first, last time.Time) {
	last, err := time.ParseInLocation(time.DateTime, h.installTime(p), h.clock.Zone())
	if err != nil {
		last = disk.ImageTime
	}
	return disk.ImageTime, last
}

// installTime is when a package was last installed: a month or more before the
// run, for an update.
func (h *PhoneHandset) installTime(p *installed) string {
	if p.Updated == "" && p.sys {
		return imageInstallTime(h)
	}
	days := time.Duration(30+h.number("installed", p.Name)%60) * 24 * time.Hour
	return h.clock.start.Add(-days).In(h.clock.Zone()).Format(time.DateTime)
}

// certificate is the digest of the certificate that signed a package: a
// specimen's own is the same on every handset, a maker's its own.
func (h *PhoneHandset) certificate(p *installed) string {
	if p.signer() == "specimen" {
		return digest("signer", "specimen")
	}
	return digest("signer", h.persona.Brand, p.signer())
}

// digest is a SHA-256 in capitals.
func digest(parts ...string) string {
	return fmt.Sprintf("%X", sha256.Sum256([]byte(strings.Join(parts, "\x00"))))
}

// imageInstallTime is when the image's packages say that they were installed: the
// image's own time, in the handset's zone.
func imageInstallTime(h *PhoneHandset) string {
	return disk.ImageTime.In(h.clock.Zone()).Format(time.DateTime)
}
