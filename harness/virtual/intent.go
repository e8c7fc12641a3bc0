package virtual

import (
	"fmt"
	"slices"
	"strings"

	"assay/harness/virtual/persona"
)

// intent is what am and cmd package parse from their arguments
// (android.content.Intent.parseCommandArgs).
type intent struct {
	action, data, mime, pkg, component string // component in full
	categories                         []string
	flags                              int64
	extras                             bool
}

// String prints the intent as Intent.toString does: Intent { act=… cmp=… }.
func (in intent) String() string { return "Intent { " + in.short() + " }" }

func (in intent) short() string {
	var words []string
	add := func(name, v string) {
		if v != "" {
			words = append(words, name+"="+v)
		}
	}
	add("act", in.action)
	if len(in.categories) > 0 {
		add("cat", "["+strings.Join(in.categories, ",")+"]")
	}
	add("dat", safeURI(in.data))
	add("typ", in.mime)
	if in.flags != 0 {
		add("flg", fmt.Sprintf("0x%x", in.flags))
	}
	add("pkg", in.pkg)
	if in.component != "" {
		add("cmp", persona.ShortComponent(in.component))
	}
	if in.extras {
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

// match is one component that answers an intent.
type match struct {
	p          *installed
	activity   string // its class
	match      int    // IntentFilter.MATCH_*
	def        bool   // its filter has the category DEFAULT
	service    bool
	own        bool   // not exported
	permission string // that guards it, in full
}

const (
	actionMain = "android.intent.action.MAIN"
	launchable = "android.intent.category.LAUNCHER"
	isDefault  = "android.intent.category.DEFAULT"
	isHome     = "android.intent.category.HOME"
)

// filters are a package's intent filters: the home screen's and its launcher's
// first.
func (p *installed) filters() []persona.Filter {
	var found []persona.Filter
	if p.home != "" {
		found = append(found, persona.Filter{Activity: p.home, Actions: []string{actionMain}, Categories: []string{isHome, isDefault}})
	}
	if p.Launcher != "" {
		found = append(found, persona.Filter{Activity: p.Launcher, Actions: []string{actionMain}, Categories: []string{launchable}})
	}
	if p.app != nil {
		found = append(found, p.app.Intents...)
	}
	return found
}

// activities finds who answers an intent; defaultsOnly leaves out filters that
// lack the category DEFAULT, as startActivity does.
func (h *PhoneHandset) activities(in intent, user int, defaultsOnly bool) []match {
	var found []match
	for _, p := range h.state.sortedPackages() {
		u := p.users[user]
		if u == nil || !u.installed || u.enabled >= 2 || in.pkg != "" && in.pkg != p.Name {
			continue
		}
		if in.component != "" {
			pkg, class, _ := strings.Cut(in.component, "/")
			if pkg == p.Name && slices.ContainsFunc(p.filters(), func(f persona.Filter) bool { return f.Activity == class }) {
				return []match{{p: p, activity: class}}
			}
			continue
		}
		for _, f := range p.filters() {
			if m, ok := filterMatches(f, in, defaultsOnly); ok {
				found = append(found, match{p: p, activity: f.Activity, match: m, def: slices.Contains(f.Categories, isDefault), permission: fullGuard(f.Permission)})
				break
			}
		}
	}
	return found
}

// filterMatches says whether a filter lets an intent through (IntentFilter.match).
func filterMatches(f persona.Filter, in intent, defaultsOnly bool) (int, bool) {
	if in.action != "" && !slices.Contains(f.Actions, in.action) {
		return 0, false
	}
	for _, c := range in.categories {
		if !slices.Contains(f.Categories, c) {
			return 0, false
		}
	}
	if defaultsOnly && !slices.Contains(f.Categories, isDefault) && !slices.Contains(in.categories, launchable) {
		return 0, false
	}
	scheme, _, _ := strings.Cut(in.data, ":")
	if in.data == "" {
		scheme = ""
	}
	switch {
	case in.mime != "":
		if slices.ContainsFunc(f.Types, func(t string) bool {
			return t == in.mime || strings.HasSuffix(t, "/*") && strings.HasPrefix(in.mime, t[:len(t)-1])
		}) {
			return 0x608000, true
		}
		return 0, false
	case scheme != "":
		return 0x208000, slices.Contains(f.Schemes, scheme) && len(f.Types) == 0
	}
	return 0x108000, len(f.Schemes) == 0 && len(f.Types) == 0
}

// resolve picks the activity that an intent starts: the only one, or the one of
// the role's holder, or none and the chooser.
func (h *PhoneHandset) resolve(in intent, user int) (m match, many bool, ok bool) {
	found := h.activities(in, user, true)
	switch len(found) {
	case 0:
		return match{}, false, false
	case 1:
		return found[0], false, true
	}
	for _, f := range found {
		for _, holder := range h.state.roles {
			if holder == f.p.Name {
				return f, false, true
			}
		}
	}
	return found[0], true, true
}

// declared finds who of the specimens' services or receivers answers an intent
// without data.
func (h *PhoneHandset) declared(in intent, user int, of func(*installed) []persona.Component) []match {
	var found []match
	for _, p := range h.state.sortedPackages() {
		u := p.users[user]
		if p.app == nil || u == nil || !u.installed || u.enabled >= 2 || in.pkg != "" && in.pkg != p.Name || in.data != "" || in.mime != "" || len(in.categories) > 0 {
			continue
		}
		for _, a := range of(p) {
			if !slices.Contains(a.Actions, in.action) {
				continue
			}
			class := a.Class
			if strings.HasPrefix(class, ".") {
				class = p.Name + class
			}
			found = append(found, match{p: p, activity: class, match: 0x108000, permission: fullGuard(a.Permission), own: a.Own})
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
