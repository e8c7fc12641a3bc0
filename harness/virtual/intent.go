package virtual

import (
	"fmt"
	"slices"
	"strconv"
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

// intentOptions take a value that says nothing about which activity answers.
var intentOptions = map[string]int{
	"--es": 2, "--ez": 2, "--ei": 2, "--el": 2, "--ef": 2, "--eu": 2, "--ecn": 2, "--eia": 2, "--ela": 2, "--esa": 2, "--efa": 2, "--esn": 1, "-e": 2,
}

// parseIntent reads the intent of a command line. other is asked about options
// that are not the intent's; it returns how many arguments they take, or -1.
func parseIntent(args []string, other func(string, []string) int) (intent, error) {
	in := intent{}
	for i := 0; i < len(args); i++ {
		a := args[i]
		value := func() (string, error) {
			if i+1 >= len(args) {
				return "", complaint(fmt.Sprintf("Argument expected after \"%s\"", a))
			}
			i++
			return args[i], nil
		}
		var err error
		switch a {
		case "-a":
			in.action, err = value()
		case "-d":
			in.data, err = value()
		case "-t":
			in.mime, err = value()
		case "-c":
			var c string
			if c, err = value(); err == nil {
				in.categories = append(in.categories, c)
			}
		case "-n":
			var c string
			if c, err = value(); err == nil {
				if !strings.Contains(c, "/") {
					return in, complaint(fmt.Sprintf("Bad component name: %s", c))
				}
				in.component = persona.LongComponent(c)
			}
		case "-p":
			in.pkg, err = value()
		case "-f":
			var f string
			if f, err = value(); err == nil {
				if in.flags, err = strconv.ParseInt(f, 0, 64); err != nil {
					return in, complaint(fmt.Sprintf("For input string: \"%s\"", f))
				}
			}
		default:
			if n, ok := intentOptions[a]; ok {
				in.extras = true
				i += n
				continue
			}
			if !strings.HasPrefix(a, "-") {
				in.bare(a)
				continue
			}
			n := other(a, args[i+1:])
			if n < 0 {
				return in, complaint(fmt.Sprintf("Unknown option: %s", a))
			}
			i += n
		}
		if err != nil {
			return in, err
		}
	}
	return in, nil
}

// bare reads an argument without an option: a URI, a component or a package.
func (in *intent) bare(a string) {
	switch {
	case strings.Contains(a, ":"):
		in.data = a
	case strings.Contains(a, "/"):
		in.component = persona.LongComponent(a)
	default:
		in.pkg = a
	}
	if in.action == "" {
		in.action = "android.intent.action.VIEW"
		if in.data == "" {
			in.action = "android.intent.action.MAIN"
			if len(in.categories) == 0 && in.component == "" {
				in.categories = []string{"android.intent.category.LAUNCHER"}
			}
		}
	}
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

// resolve prints the activity that an intent would start (runResolveActivity).
func (s *packageCommand) resolve() int {
	in, brief, components, user, err := s.parseQuery()
	if err != nil {
		return shellException(s.process, s.name, "java.lang.IllegalArgumentException", err.Error())
	}
	m, many, ok := s.h.resolve(in, user)
	if !ok {
		fmt.Fprintln(s.Stdout, "No activity found")
		return 0
	}
	if many {
		m = match{p: s.h.state.find("android"), activity: "com.android.internal.app.ResolverActivity", match: m.match}
	}
	s.printMatch("", m, user, brief, components)
	return 0
}

func (s *packageCommand) parseQuery() (in intent, brief, components bool, user int, err error) {
	in, err = parseIntent(s.args, func(a string, rest []string) int {
		switch {
		case a == "--brief":
			brief = true
			return 0
		case a == "--components" && s.sdk >= 28:
			components = true
			return 0
		case a == "--user" && len(rest) > 0:
			user, _ = strconv.Atoi(rest[0])
			return 1
		case a == "--query-flags" && len(rest) > 0:
			return 1
		}
		return -1
	})
	return in, brief, components, user, err
}
