package packages

import (
	"encoding/json"
	"slices"
	"strings"

	"assay/harness/android"
	"assay/harness/observe/fact"
	"assay/harness/observe/printout"
)

// AndroidqfPackages reads androidqf's list of packages.
var AndroidqfPackages = printout.Parser{
	Source: "androidqf-packages",
	Parse:  parseAndroidqfPackages,
	Needs: "packages.json of androidqf (adb/packages.go and adb/package_users.go: pm list packages -U -u -i, -d, -s, pm path), " +
		"whatever the handset's release; from source only",
}

// qfPackage is what facts need of one record of packages.json.
type qfPackage struct {
	name, installer, path string
	uid                   android.UID
	user                  int
	installed             bool
	disabled, system      bool
	signers               []string // SHA-256 of the certificates that were verified
	verified              bool     // of the file that is being read
	certificate           string   // likewise
}

// parseAndroidqfPackages reads the list of packages. A record has what pm list packages says,
// and newer androidqf has a record for each user. It gives
//
//   - a Listed,
//   - an Install, with no flag but SYSTEM,
//   - a UserState, whose Enabled is 2 where pm list packages -d has the package (by whom it was
//     disabled is not known), else 0,
//   - a Signer for each certificate that androidqf could verify.
func parseAndroidqfPackages(in printout.Input, emit printout.Emit) error {
	var p qfPackage
	printout.WalkRecords(in.Lines,
		func() { p = qfPackage{uid: android.NoUID, installed: true} },
		func(e *printout.JSONEvent) printout.JSONMark { return p.field(e) },
		func(e *printout.JSONEvent) printout.JSONMark { return p.emit(e, emit) })
	return nil
}

// field reads a value of a record, or of one of its files.
func (p *qfPackage) field(e *printout.JSONEvent) printout.JSONMark {
	switch key := e.Path[1]; {
	case len(e.Path) > 2 && key == "files":
		return p.file(e)
	case len(e.Path) > 2:
		return printout.JSONLost
	case key == "name":
		return printout.JSONText(e, &p.name)
	case key == "installer":
		return printout.JSONText(e, &p.installer)
	case key == "uid":
		// Older androidqf, which does not ask for each user, wrote 0 where pm gave several UIDs.
		n := 0
		m := printout.JSONInt(e, &n)
		if n > 0 {
			p.uid = android.UID(n)
		}
		return m
	case key == "user_id":
		return printout.JSONInt(e, &p.user)
	case key == "installed":
		return printout.JSONBool(e, &p.installed)
	case key == "disabled":
		return printout.JSONBool(e, &p.disabled)
	case key == "system":
		return printout.JSONBool(e, &p.system)
	case key == "files", key == "files_error", key == "third_party":
		return printout.JSONPass
	}
	return printout.JSONLost
}

// file reads a value of one of the package's files. The first of them is the base APK. The
// certificate is as CertInfo of avast/apkverifier prints it.
func (p *qfPackage) file(e *printout.JSONEvent) printout.JSONMark {
	if len(e.Path) == 3 {
		switch e.Token {
		case json.Delim('{'):
			p.verified, p.certificate = false, ""
		case json.Delim('}'):
			if p.verified && len(p.signers) < mostSigners {
				p.signers = appendNew(p.signers, p.certificate)
			}
		}
		return printout.JSONPass
	}
	switch key := e.Path[3]; {
	case len(e.Path) == 4 && key == "path":
		if p.path != "" {
			return printout.JSONPass // a split
		}
		return printout.JSONText(e, &p.path)
	case len(e.Path) == 4 && key == "verified_certificate":
		return printout.JSONBool(e, &p.verified)
	case len(e.Path) == 5 && key == "certificate" && e.Path[4] == "Sha256":
		return printout.JSONText(e, &p.certificate)
	case len(e.Path) <= 5 && qfFileKeys[key]:
		return printout.JSONPass
	}
	return printout.JSONLost
}

const mostSigners = 16

var qfFileKeys = map[string]bool{
	"certificate":         true,
	"certificate_error":   true,
	"error":               true,
	"local_name":          true,
	"md5":                 true,
	"sha1":                true,
	"sha256":              true,
	"sha512":              true,
	"trusted_certificate": true,
}

// emit emits the facts of a record, once all of it was read.
func (p *qfPackage) emit(e *printout.JSONEvent, emit printout.Emit) printout.JSONMark {
	if !packageName([]byte(p.name)) {
		return printout.JSONLost
	}
	if p.installer == "null" {
		p.installer = ""
	}
	name := android.Package(p.name)
	emit(fact.Listed{Package: name, Path: p.path, Installer: p.installer, UID: p.uid}, e.Whole)
	i := fact.Install{Package: name, UID: android.NoUID, CodePath: p.path, Installer: p.installer}
	if p.uid != android.NoUID {
		i.UID = p.uid.AppID()
	}
	if p.system {
		i.Flags = []string{"SYSTEM"}
	}
	emit(i, e.Whole)
	u := fact.UserState{Package: name, User: p.user, Installed: p.installed}
	if p.disabled {
		u.Enabled = 2
	}
	emit(u, e.Whole)
	for _, s := range p.signers {
		emit(fact.Signer{Package: name, SHA256: strings.ToUpper(s)}, e.Whole)
	}
	return printout.JSONTake
}

// appendNew appends a text, unless it is empty or there already.
func appendNew(all []string, s string) []string {
	if s == "" || slices.Contains(all, s) {
		return all
	}
	return append(all, s)
}
