package packages

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"assay/harness/android"
	"assay/harness/evidence"
	"assay/harness/observe/fact"
	"assay/harness/observe/printout"
)

// HubblePackages reads the list of packages that Hubble, Uraniborg's app, writes.
var HubblePackages = printout.Parser{
	Source: "hubble-packages",
	Parse:  parseHubblePackages,
	Needs: "packages.txt and preinstalled_packages.txt of Hubble, Uraniborg's app (com.uraniborg.hubble PackageMetadata.java, " +
		"versions 1.0.0 to 1.1.0, and the signingInfo of later ones), whatever the handset's release; from source only",
}

// hubbleList is the file: how many packages it says it has, and how many were read.
type hubbleList struct {
	emit  printout.Emit
	p     hubblePackage
	total int // -1 where it does not say
	seen  int
}

// hubblePackage is one object of the list. Its keys may come in any order, so its facts are
// emitted at its end.
type hubblePackage struct {
	install             fact.Install
	hidden, enabled     bool
	granted, refused    []hubblePermission
	defined             []fact.PermissionDefinition
	lines               []evidence.Span // of defined
	certs, active, past []string
}

type hubblePermission struct {
	name android.Permission
	line evidence.Span
}

// mostHubble bounds the permissions of one package; real ones have up to 500.
const mostHubble = 5000

// parseHubblePackages reads what PackageManager tells an app. Each package gives
//
//   - an Install,
//   - a UserState, whose Enabled is 0 or 2, of the user that Hubble ran as: the first is assumed,
//   - a Request and a Grant for each permission that it asks for, on the permission's own line,
//   - PermissionDefinitions and Signers.
//
// PackageManager gives an app neither an app ID nor the flags of a permission, and does not say
// whether it was granted at installation or by a user: a Grant has no Type.
func parseHubblePackages(in printout.Input, emit printout.Emit) error {
	h := &hubbleList{emit: emit, total: -1}
	printout.WalkJSON(in.Lines, h.visit)
	if h.total >= 0 && h.seen < h.total && !in.Lines.Covered() {
		in.Lines.Cut(fmt.Sprintf("it has %d of its %d packages", h.seen, h.total))
	}
	return nil
}

func (h *hubbleList) visit(e *printout.JSONEvent) printout.JSONMark {
	if len(e.Path) == 0 {
		if e.Token != json.Delim('{') && e.Token != json.Delim('}') {
			return printout.JSONLost
		}
		return printout.JSONTake
	}
	switch list := e.Path[0]; {
	case len(e.Path) == 1 && list == "version":
		return printout.JSONPass
	case len(e.Path) == 1 && (list == "totalPackages" || list == "totalPreinstalledPackages"):
		return printout.JSONInt(e, &h.total)
	case list != "packages" && list != "preinstalledPackages":
		return printout.JSONLost
	case len(e.Path) == 1:
		return printout.JSONPass
	case len(e.Path) == 2:
		return h.pkg(e)
	}
	return h.p.field(e)
}

func (h *hubbleList) pkg(e *printout.JSONEvent) printout.JSONMark {
	switch e.Token {
	case json.Delim('{'):
		h.p = hubblePackage{install: fact.Install{UID: android.NoUID}, enabled: true}
		return printout.JSONTake
	case json.Delim('}'):
		h.seen++
		if !packageName([]byte(h.p.install.Package)) {
			return printout.JSONLost
		}
		h.p.give(e.Whole, h.emit)
		return printout.JSONTake
	}
	return printout.JSONLost
}

// field reads one value of a package.
func (p *hubblePackage) field(e *printout.JSONEvent) printout.JSONMark {
	key := e.Path[2]
	if len(e.Path) > 3 {
		return p.within(key, e)
	}
	var is bool
	switch key {
	case "name":
		return printout.JSONText(e, (*string)(&p.install.Package))
	case "versionCode":
		n, ok := e.Token.(json.Number)
		if ok {
			p.install.VersionCode = n.String()
		}
		return takeIf(ok)
	case "versionName":
		return printout.JSONText(e, &p.install.VersionName)
	case "installLocation":
		return printout.JSONText(e, &p.install.CodePath)
	case "sharedUserId":
		return printout.JSONText(e, &p.install.SharedUser)
	case "isHidden":
		return printout.JSONBool(e, &p.hidden)
	case "isEnabled":
		return printout.JSONBool(e, &p.enabled)
	}
	if flag, ok := hubbleFlags[key]; ok {
		m := printout.JSONBool(e, &is)
		if is {
			p.install.Flags = append(p.install.Flags, flag)
		}
		return m
	}
	return passIf(hubbleLists[key] || hubbleKeys[key])
}

// within reads what stands in a list of a package.
func (p *hubblePackage) within(key string, e *printout.JSONEvent) printout.JSONMark {
	switch key {
	case "permissionsGranted":
		return permissionIn(e, &p.granted)
	case "permissionsNotGranted":
		return permissionIn(e, &p.refused)
	case "permissionsDeclared":
		return p.definition(e)
	case "certIds":
		return digestIn(e, 4, &p.certs)
	case "signingInfo":
		switch list := e.Path[3]; {
		case len(e.Path) == 5 && list == "apkContentsSigners":
			return digestIn(e, 5, &p.active)
		case len(e.Path) == 5 && list == "signingCertificateLineage":
			return digestIn(e, 5, &p.past)
		}
		return printout.JSONPass
	}
	return passIf(hubbleLists[key])
}

func permissionIn(e *printout.JSONEvent, to *[]hubblePermission) printout.JSONMark {
	name := ""
	if len(e.Path) != 4 || e.Token == nil || printout.JSONText(e, &name) == printout.JSONLost || name == "" || len(*to) >= mostHubble {
		return printout.JSONLost
	}
	*to = append(*to, hubblePermission{android.Permission(name), e.Line})
	return printout.JSONTake
}

// definition reads {"name": …, "protLevel": …}.
func (p *hubblePackage) definition(e *printout.JSONEvent) printout.JSONMark {
	switch {
	case len(e.Path) == 4 && e.Token == json.Delim('{') && len(p.defined) < mostHubble:
		p.defined = append(p.defined, fact.PermissionDefinition{})
		p.lines = append(p.lines, e.Line)
		return printout.JSONTake
	case len(e.Path) == 4 && e.Token == json.Delim('}') && len(p.defined) > 0:
		p.lines[len(p.lines)-1] = e.Whole
		return printout.JSONTake
	case len(e.Path) != 5 || len(p.defined) == 0:
		return printout.JSONLost
	case e.Path[4] == "name":
		return printout.JSONText(e, (*string)(&p.defined[len(p.defined)-1].Name))
	case e.Path[4] == "protLevel":
		return printout.JSONText(e, &p.defined[len(p.defined)-1].Protection)
	}
	return printout.JSONLost
}

func digestIn(e *printout.JSONEvent, depth int, to *[]string) printout.JSONMark {
	digest := ""
	if len(e.Path) != depth || len(*to) >= mostSigners || printout.JSONText(e, &digest) == printout.JSONLost ||
		len(digest) != 64 || !isHex([]byte(digest)) {
		return printout.JSONLost
	}
	*to = appendNew(*to, strings.ToUpper(digest))
	return printout.JSONTake
}

func takeIf(ok bool) printout.JSONMark {
	if ok {
		return printout.JSONTake
	}
	return printout.JSONLost
}

func passIf(ok bool) printout.JSONMark {
	if ok {
		return printout.JSONPass
	}
	return printout.JSONLost
}

// give emits the facts of a package.
func (p *hubblePackage) give(all evidence.Span, emit printout.Emit) {
	name := p.install.Package
	slices.Sort(p.install.Flags)
	emit(p.install, all)
	u := fact.UserState{Package: name, Installed: !p.hidden}
	if !p.enabled {
		u.Enabled = 2
	}
	emit(u, all)
	for i, list := range [][]hubblePermission{p.granted, p.refused} {
		for _, h := range list {
			emit(fact.Request{Package: name, Permission: h.name}, h.line)
			emit(fact.Grant{Package: name, Permission: h.name, Granted: i == 0}, h.line)
		}
	}
	for i, d := range p.defined {
		d.Package = name
		emit(d, p.lines[i])
	}
	for _, s := range p.signers() {
		s.Package = name
		emit(s, all)
	}
}

// signers tells the certificates of today from those of earlier versions. Up to version 1.1.0
// of Hubble, certIds has either several signers of today, or all certificates that one signer
// has ever had, of which the last is today's. So of several only the last is certain.
func (p *hubblePackage) signers() []fact.Signer {
	var all []fact.Signer
	if len(p.active) == 0 && len(p.certs) > 0 {
		return []fact.Signer{{SHA256: p.certs[len(p.certs)-1]}}
	}
	for _, digest := range p.active {
		all = append(all, fact.Signer{SHA256: digest})
	}
	for _, digest := range p.past {
		if !slices.Contains(p.active, digest) {
			all = append(all, fact.Signer{SHA256: digest, Past: true})
		}
	}
	return all
}

// hubbleFlags are the flags of ApplicationInfo that Hubble writes as fields of
// their own. isPreinstalled is FLAG_SYSTEM or FLAG_UPDATED_SYSTEM_APP; the latter
// never stands without the former.
var hubbleFlags = map[string]string{
	"hasCode": "HAS_CODE", "isFactoryTest": "FACTORY_TEST", "isPreinstalled": "SYSTEM", "isSuspended": "SUSPENDED", "isTestOnly": "TEST_ONLY",
	"usesCleartextTraffic": "USES_CLEARTEXT_TRAFFIC",
}

// hubbleLists are the fields of several values. Those that within does not read give no fact.
var hubbleLists = map[string]bool{
	"activities": true, "certIds": true, "kernelGids": true, "permissionsDeclared": true, "permissionsGranted": true,
	"permissionsNotGranted": true, "permissionsSpecial": true, "providers": true, "receivers": true, "services": true, "signingInfo": true,
	"splitNames": true,
}

// hubbleKeys are the fields of one value that give no fact.
var hubbleKeys = map[string]bool{
	"description":      true,
	"fileSizeInBytes":  true,
	"firstInstallTime": true,
	"hash":             true,
	"isApex":           true,
	"label":            true,
	"sharedUserLabel":  true,
}
