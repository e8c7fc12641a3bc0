package packages

import (
	"bytes"
	"encoding/xml"

	"assay/harness/android"
	"assay/harness/evidence"
	"assay/harness/observe/fact"
	"assay/harness/observe/printout"
)

// xmlReader reads the elements of one file.
type xmlReader struct {
	*xmlText
	path  string
	depth int
	open  [deepest]string // the names of the elements that are open
	whose android.Package // the package of the element
	list  string          // the list that the element has; "" where it has none
}

// deepest is how deep elements may be nested. Android's own files have four levels at the most.
const deepest = 8

// elements are those that SystemConfig and makers' files have at the top, each with the function
// that makes a fact of it. Those without one are without interest.
var elements = map[string]func(*xmlReader, xml.StartElement, evidence.Span) bool{
	"privapp-permissions":   holder("privapp"),
	"signature-permissions": holder("signature"),
	"oem-permissions":       holder("oem"),
	"exception":             holder("default"),
	"assign-permission":     (*xmlReader).assigned,

	"allow-adas-location-settings":            (*xmlReader).exempt,
	"allow-ignore-location-settings":          (*xmlReader).exempt,
	"allow-in-data-usage-save":                (*xmlReader).exempt,
	"allow-in-idle-user-app":                  (*xmlReader).exempt, // of makers
	"allow-in-power-save":                     (*xmlReader).exempt,
	"allow-in-power-save-except-idle":         (*xmlReader).exempt,
	"allow-in-powersave-except-idle":          (*xmlReader).exempt, // of makers
	"allow-unthrottled-location":              (*xmlReader).exempt,
	"app-data-isolation-whitelisted-app":      (*xmlReader).exempt,
	"app-link":                                (*xmlReader).exempt,
	"bg-restriction-exemption":                (*xmlReader).exempt,
	"bugreport-whitelisted":                   (*xmlReader).exempt,
	"camera-privacy-allowlisted-app":          (*xmlReader).exempt,
	"enhanced-confirmation-trusted-installer": (*xmlReader).exempt,
	"enhanced-confirmation-trusted-package":   (*xmlReader).exempt,
	"hidden-api-whitelisted-app":              (*xmlReader).exempt,
	"install-constraints-allowed":             (*xmlReader).exempt,
	"prevent-disable":                         (*xmlReader).exempt,
	"system-user-whitelisted-app":             (*xmlReader).exempt,
	"whitelisted-staged-installer":            (*xmlReader).exempt,

	"allow-association":                            nil,
	"allow-cli-access":                             nil,
	"allow-implicit-broadcast":                     nil,
	"allow-multi-verify-package":                   nil,
	"allow-package-shareduid":                      nil,
	"allowed-scan-path":                            nil,
	"allowed-vendor-apex":                          nil,
	"apex-library":                                 nil,
	"asl-file":                                     nil,
	"automatic-rollback-denylisted-app":            nil,
	"backup-transport-whitelisted-service":         nil,
	"component-override":                           nil,
	"default-enabled-vr-app":                       nil,
	"disabled-in-sku":                              nil,
	"disabled-until-used-preinstalled-carrier-app": nil,
	"disabled-until-used-preinstalled-carrier-associated-app": nil,
	"disallowed-managed-device":                               nil,
	"disallowed-managed-profile":                              nil,
	"enabled-in-sku-override":                                 nil,
	"feature":                                                 nil,
	"group":                                                   nil,
	"initial-package-state":                                   nil,
	"install-in-user-type":                                    nil,
	"library":                                                 nil,
	"named-actor":                                             nil,
	"oem-defined-uid":                                         nil,
	"overlay-config-signature":                                nil,
	"permission":                                              nil, // and the groups of Linux that it gives
	"require-strict-signature":                                nil,
	"rollback-whitelisted-app":                                nil,
	"shortcut-allowed-app":                                    nil,
	"split-permission":                                        nil,
	"system-user-blacklisted-app":                             nil,
	"unavailable-feature":                                     nil,
	"unavailable-feature-conditional":                         nil,
	"update-ownership":                                        nil,
}

// token reads one token of a file. It is false where the file cannot be read any further.
func (r *xmlReader) token(token xml.Token, span evidence.Span) bool {
	switch t := token.(type) {
	case xml.StartElement:
		return r.start(t, span)
	case xml.EndElement:
		if r.depth == 0 || r.open[r.depth-1] != t.Name.Local {
			return false
		}
		if r.depth--; r.depth == 1 {
			r.list = ""
		}
	case xml.CharData:
		if r.refused {
			return false
		}
		r.stray(t, span.Line)
	}
	return true
}

// stray counts text between elements as unread: these files have none. If its first line has
// nothing of the text, that line belongs to the token before.
func (r *xmlReader) stray(text []byte, line int) {
	if len(bytes.TrimSpace(text)) == 0 {
		return
	}
	first, rest, several := bytes.Cut(text, []byte("\n"))
	if several && len(bytes.TrimSpace(first)) == 0 && len(r.left) > 0 && r.left[0].Line == line {
		r.left = r.left[1:]
	}
	last := rest[bytes.LastIndexByte(rest, '\n')+1:]
	bad := r.bad || !several || len(bytes.TrimSpace(last)) > 0
	r.strange()
	r.bad = bad
}

func (r *xmlReader) start(e xml.StartElement, span evidence.Span) bool {
	name := e.Name.Local
	if r.depth == deepest {
		return false
	}
	r.open[r.depth] = name
	r.depth++
	known := rooted(r.open[0])
	switch {
	case r.depth == 1 || !known:
	case r.depth == 2:
		r.list = ""
		var read func(*xmlReader, xml.StartElement, evidence.Span) bool
		if read, known = elements[name]; known && read != nil {
			known = read(r, e, span)
		}
	case r.depth == 3 && r.list != "":
		known = r.held(e, span)
	default:
		_, known = elements[r.open[1]] // what a known element holds
	}
	if !known {
		r.strange()
	}
	return true
}

// rooted says whether an element is one that Android accepts as the outermost of such a file.
func rooted(root string) bool {
	return root == "permissions" || root == "config" || root == "exceptions"
}

// holder reads an element that holds the permissions of one package.
func holder(list string) func(*xmlReader, xml.StartElement, evidence.Span) bool {
	return func(r *xmlReader, e xml.StartElement, _ evidence.Span) bool {
		pkg, ok := r.name(e, "package")
		if ok {
			r.list, r.whose = list, android.Package(pkg)
		}
		return ok
	}
}

// held reads <permission name="…"/> and <deny-permission name="…"/>.
func (r *xmlReader) held(e xml.StartElement, span evidence.Span) bool {
	permission, ok := r.name(e, "name")
	word := e.Name.Local
	if !ok || word != "permission" && word != "deny-permission" {
		return false
	}
	fixed, _ := attributeOf(e, "fixed")
	r.lists.emit(fact.ImagePermission{
		List: r.list, Package: r.whose, Permission: android.Permission(permission), Allowed: word == "permission",
		Fixed: r.list == "default" && fixed == "true", File: r.path,
	}, span)
	return true
}

func (r *xmlReader) exempt(e xml.StartElement, span evidence.Span) bool {
	pkg, ok := r.name(e, "package")
	if ok {
		r.lists.emit(fact.ImageExemption{List: r.lists.names.Of([]byte(e.Name.Local)), Package: android.Package(pkg), File: r.path}, span)
	}
	return ok
}

func (r *xmlReader) assigned(e xml.StartElement, span evidence.Span) bool {
	permission, ok := r.name(e, "name")
	uid, named := r.name(e, "uid")
	if ok && named {
		r.lists.emit(fact.UIDPermission{Permission: android.Permission(permission), UID: uid, File: r.path}, span)
	}
	return ok && named
}

// name gives an attribute that is a name of Android's.
func (r *xmlReader) name(e xml.StartElement, key string) (string, bool) {
	v, ok := attributeOf(e, key)
	v = string(bytes.TrimSpace([]byte(v)))
	if !ok || !printout.IsName([]byte(v)) {
		return "", false
	}
	return r.lists.names.Of([]byte(v)), true
}

func attributeOf(e xml.StartElement, key string) (string, bool) {
	for _, a := range e.Attr {
		if a.Name.Local == key && a.Name.Space == "" {
			return a.Value, true
		}
	}
	return "", false
}
