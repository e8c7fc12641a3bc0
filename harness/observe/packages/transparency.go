package packages

import (
	"bytes"
	"encoding/hex"

	"assay/harness/android"
	"assay/harness/observe/fact"
	"assay/harness/observe/printout"
)

// Transparency reads the digests and signers of the apps that came with the image.
var Transparency = printout.Parser{
	Source: "transparency",
	Parse:  parseTransparency,
	Needs: "cmd transparency get mba_info -v: services/core com/android/server/BinaryTransparencyService.java printAllMbas, " +
		"Android 14 to 16; from source only",
}

// transparencyDump reads the apps that BinaryTransparencyService measures: for each a line with
// its digest, and then, between rules of dashes, its details.
type transparencyDump struct {
	*printout.Lines
	emit    printout.Emit
	names   printout.Names
	section string
	at      fact.ContentDigest
}

const (
	transparencyApps    = "apps"
	transparencyDetails = "details" // labels and descriptions, which may span lines
	transparencySigners = "signers"
)

func parseTransparency(in printout.Input, emit printout.Emit) error {
	d := &transparencyDump{Lines: in.Lines, emit: emit}
	for d.Next() {
		t := bytes.TrimSpace(d.Text())
		switch {
		case len(t) == 0:
			d.Skip()
			if d.section == transparencySigners {
				d.section = transparencyApps
			}
		case bytes.Contains(t, []byte(" Info [Format: package_name,package_version,")):
			d.section, d.at = transparencyApps, fact.ContentDigest{}
			d.Read()
		case string(t) == "--- App Details ---", string(t) == "--- Module Details ---", string(t) == "--- Package Installation Info ---":
			d.section = transparencyDetails
			d.Skip()
		case string(t) == "--- Package Signer Info ---":
			d.section = transparencySigners
			d.Skip()
		default:
			d.line(t)
		}
	}
	return nil
}

func (d *transparencyDump) line(t []byte) {
	switch d.section {
	case transparencyApps:
		if !d.measured(t) {
			d.Settle()
		}
	case transparencyDetails:
		d.Skip()
	case transparencySigners:
		d.signer(t)
	case "":
		d.Settle()
	}
}

// measured reads package,version,ALGORITHM:DIGEST. The line of a second digest has only
// ALGORITHM:DIGEST.
func (d *transparencyDump) measured(t []byte) bool {
	cells := bytes.Split(t, []byte(","))
	last := cells[len(cells)-1]
	switch {
	case len(cells) == 3 || len(cells) == 4: // with -o there is a SHA-256 of the file between
		if _, ok := printout.Number(cells[1]); !ok || !printout.IsName(cells[0]) {
			return false
		}
		d.at = fact.ContentDigest{Package: android.Package(d.names.Of(cells[0])), VersionCode: string(cells[1])}
	case len(cells) != 1 || d.at.Package == "":
		return false
	}
	if bytes.HasPrefix(last, []byte("ERROR: Failed to compute ")) {
		d.Read() // the handset could not read its own APK; its signers follow
		return true
	}
	algorithm, digest, ok := bytes.Cut(last, []byte(":"))
	if !ok || !isHex(digest) {
		return false
	}
	c := d.at
	c.Algorithm, c.Digest = d.names.Of(algorithm), string(digest)
	d.Read()
	d.emit(c, d.Span())
	return true
}

// signer reads a line of a package's signers:
//
//	Signer cert's SHA256-digest: 1F…
//	  Cert SHA256-digest: 2E…         of an earlier key
func (d *transparencyDump) signer(t []byte) {
	digest, current := bytes.CutPrefix(t, []byte("Signer cert's SHA256-digest: "))
	past := false
	if !current {
		digest, past = bytes.CutPrefix(t, []byte("Cert SHA256-digest: "))
	}
	switch {
	case current || past:
		if len(digest) == 64 && isHex(digest) && d.at.Package != "" {
			d.Read()
			d.emit(fact.Signer{Package: d.at.Package, SHA256: string(digest), Past: past}, d.Span())
		}
	case printout.HasAnyPrefix(t, transparencySignerLines):
		d.Skip()
	default:
		d.Settle()
	}
}

var transparencySignerLines = []string{
	"(Certs are sorted ",
	"++ Signer cert #",
	"== Signing Cert Lineage ",
	"Has multiple signers: ",
	"Signing key algorithm: ",
	"Signing key has been rotated: ",
}

func isHex(b []byte) bool {
	if len(b) == 0 || len(b) > 256 {
		return false
	}
	var raw [128]byte
	_, err := hex.Decode(raw[:], b)
	return err == nil
}
