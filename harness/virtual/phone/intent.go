package phone

import (
	"fmt"
	"slices"
	"strings"

	"assay/harness/virtual/persona"
)

// Intent is what am and cmd package parse from their arguments
// (android.content.Intent.parseCommandArgs).
type Intent struct {
	Action, Data, Type, Package, Component string // component in full
	Categories                             []string
	Flags                                  int64
	Extras                                 bool
}

// String prints the intent as Intent.toString does: Intent { act=… cmp=… }.
func (in Intent) String() string { return "Intent { " + in.Short() + " }" }

// Short is what String puts between the braces: act=… cmp=….
func (in Intent) Short() string {
	var words []string
	add := func(name, v string) {
		if v != "" {
			words = append(words, name+"="+v)
		}
	}
	add("act", in.Action)
	if len(in.Categories) > 0 {
		add("cat", "["+strings.Join(in.Categories, ",")+"]")
	}
	add("dat", safeURI(in.Data))
	add("typ", in.Type)
	if in.Flags != 0 {
		add("flg", fmt.Sprintf("0x%x", in.Flags))
	}
	add("pkg", in.Package)
	if in.Component != "" {
		add("cmp", persona.ShortComponent(in.Component))
	}
	if in.Extras {
		words = append(words, "(has extras)")
	}
	return strings.Join(words, " ")
}

// safeURI hides what is personal in a URI (android.net.Uri.toSafeString).
func safeURI(uri string) string {
	scheme, rest, ok := strings.Cut(uri, ":")
	if !ok {
		return uri
	}
	switch strings.ToLower(scheme) {
	case "tel", "sip", "sms", "smsto", "mailto", "nfc":
		return scheme + ":" + strings.Map(func(r rune) rune {
			if r == '-' || r == '@' || r == '.' {
				return r
			}
			return 'x'
		}, rest)
	case "http", "https", "ftp", "rtsp":
		host, _, _ := strings.Cut(strings.TrimPrefix(rest, "//"), "/")
		return scheme + "://" + host + "/..."
	}
	return uri
}

// Match is one component that answers an intent.
type Match struct {
	Package    *Package
	Class      string // its class
	Quality    int    // IntentFilter.MATCH_*
	Default    bool   // its filter has the category DEFAULT
	Service    bool
	Private    bool   // not exported
	Permission string // that guards it, in full
}

// Words of the intents that launchers and am send.
const (
	ActionMain       = "android.intent.action.MAIN"
	CategoryLauncher = "android.intent.category.LAUNCHER"
	isDefault        = "android.intent.category.DEFAULT"
	isHome           = "android.intent.category.HOME"
)

// Filters are a package's intent filters: the home screen's and its launcher's
// first.
func (p *Package) Filters() []persona.Filter {
	var found []persona.Filter
	if p.home != "" {
		found = append(found, persona.Filter{Activity: p.home, Actions: []string{ActionMain}, Categories: []string{isHome, isDefault}})
	}
	if p.Launcher != "" {
		found = append(found, persona.Filter{Activity: p.Launcher, Actions: []string{ActionMain}, Categories: []string{CategoryLauncher}})
	}
	if p.App != nil {
		found = append(found, p.App.Intents...)
	}
	return found
}

// Activities finds who answers an intent; defaultsOnly leaves out filters that
// lack the category DEFAULT, as startActivity does.
func (h *Handset) Activities(in Intent, user int, defaultsOnly bool) []Match {
	var found []Match
	for _, p := range h.State.SortedPackages() {
		u := p.Users[user]
		if u == nil || !u.Installed || u.Enabled >= 2 || in.Package != "" && in.Package != p.Name {
			continue
		}
		if in.Component != "" {
			pkg, class, _ := strings.Cut(in.Component, "/")
			if pkg == p.Name && slices.ContainsFunc(p.Filters(), func(f persona.Filter) bool { return f.Activity == class }) {
				return []Match{{Package: p, Class: class}}
			}
			continue
		}
		for _, f := range p.Filters() {
			if m, ok := filterMatches(f, in, defaultsOnly); ok {
				found = append(found, Match{Package: p, Class: f.Activity, Quality: m, Default: slices.Contains(f.Categories, isDefault),
					Permission: fullGuard(f.Permission)})
				break
			}
		}
	}
	return found
}

// filterMatches says whether a filter lets an intent through (IntentFilter.match).
func filterMatches(f persona.Filter, in Intent, defaultsOnly bool) (int, bool) {
	if in.Action != "" && !slices.Contains(f.Actions, in.Action) {
		return 0, false
	}
	for _, c := range in.Categories {
		if !slices.Contains(f.Categories, c) {
			return 0, false
		}
	}
	if defaultsOnly && !slices.Contains(f.Categories, isDefault) && !slices.Contains(in.Categories, CategoryLauncher) {
		return 0, false
	}
	scheme, _, _ := strings.Cut(in.Data, ":")
	if in.Data == "" {
		scheme = ""
	}
	switch {
	case in.Type != "":
		if slices.ContainsFunc(f.Types, func(t string) bool {
			return t == in.Type || strings.HasSuffix(t, "/*") && strings.HasPrefix(in.Type, t[:len(t)-1])
		}) {
			return 0x608000, true
		}
		return 0, false
	case scheme != "":
		return 0x208000, slices.Contains(f.Schemes, scheme) && len(f.Types) == 0
	}
	return 0x108000, len(f.Schemes) == 0 && len(f.Types) == 0
}

// Resolve picks the activity that an intent starts: the only one, or the one of
// the role's holder, or none and the chooser.
func (h *Handset) Resolve(in Intent, user int) (m Match, many bool, ok bool) {
	found := h.Activities(in, user, true)
	switch len(found) {
	case 0:
		return Match{}, false, false
	case 1:
		return found[0], false, true
	}
	for _, f := range found {
		for _, holder := range h.State.Roles {
			if holder == f.Package.Name {
				return f, false, true
			}
		}
	}
	return found[0], true, true
}

// Declared finds who of the specimens' services or receivers answers an intent
// without data.
func (h *Handset) Declared(in Intent, user int, of func(*Package) []persona.Component) []Match {
	var found []Match
	for _, p := range h.State.SortedPackages() {
		u := p.Users[user]
		if p.App == nil || u == nil || !u.Installed || u.Enabled >= 2 || in.Package != "" && in.Package != p.Name || in.Data != "" ||
			in.Type != "" || len(in.Categories) > 0 {
			continue
		}
		for _, a := range of(p) {
			if !slices.Contains(a.Actions, in.Action) {
				continue
			}
			class := a.Class
			if strings.HasPrefix(class, ".") {
				class = p.Name + class
			}
			found = append(found, Match{Package: p, Class: class, Quality: 0x108000, Permission: fullGuard(a.Permission), Private: a.Own})
		}
	}
	return found
}

// fullGuard is a permission in full, or none.
func fullGuard(name string) string {
	if name == "" {
		return ""
	}
	return persona.FullPermission(name)
}
