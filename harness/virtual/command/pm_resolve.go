package command

import (
	"fmt"
	"strconv"

	"assay/harness/virtual/phone"
)

// resolve prints the activity that an intent would start (runResolveActivity).
func (s *packageCommand) resolve() int {
	in, brief, components, user, err := s.parseQuery()
	if err != nil {
		return shellException(s.call, s.name, "java.lang.IllegalArgumentException", err.Error())
	}
	m, many, ok := s.h.Resolve(in, user)
	if !ok {
		fmt.Fprintln(s.call.Stdout, "No activity found")
		return 0
	}
	if many {
		m = phone.Match{Package: s.h.State.Package("android"), Class: "com.android.internal.app.ResolverActivity", Quality: m.Quality}
	}
	s.printMatch("", m, user, brief, components)
	return 0
}

func (s *packageCommand) parseQuery() (in phone.Intent, brief, components bool, user int, err error) {
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
