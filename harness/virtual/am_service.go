package virtual

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"assay/harness/virtual/persona"
)

// serviceTime is how long a service that the shell starts runs.
const serviceTime = time.Minute

// amService finds the service that an intent of the shell names: by its component,
// or by its action.
func (h *PhoneHandset) amService(in intent, user int) (*installed, persona.Component, bool) {
	for _, p := range h.state.sortedPackages() {
		if p.app == nil || p.users[user] == nil || !p.users[user].installed || in.pkg != "" && in.pkg != p.Name {
			continue
		}
		for _, a := range p.app.Services {
			class := a.Class
			if strings.HasPrefix(class, ".") {
				class = p.Name + class
			}
			if in.component == p.Name+"/"+class || in.component == "" && slices.Contains(a.Actions, in.action) {
				a.Class = class
				return p, a, true
			}
		}
	}
	return nil, persona.Component{}, false
}

// serviceIntent reads the arguments of a command for a service.
func serviceIntent(args []string) (in intent, user int, err error) {
	in, err = parseIntent(args, func(a string, rest []string) int {
		if a == "--user" && len(rest) > 0 {
			user, _ = strconv.Atoi(rest[0]) // current, cur: the owner
			return 1
		}
		return -1
	})
	return in, user, err
}

// amStartService starts a service (runStartService). The shell may start what is
// exported and asks for no permission; what starts runs for a minute.
func amStartService(p *process, args []string) int {
	h := p.handset
	in, user, err := serviceIntent(args)
	if err != nil {
		return amError(p, err.Error())
	}
	fmt.Fprintf(p.Stdout, "Starting service: %s\n", in)
	pkg, a, ok := h.amService(in, user)
	fault := ""
	switch {
	case !ok:
		fault = "Not found; no service started."
	case a.Own:
		fault = fmt.Sprintf("Requires permission not exported from uid %d", pkg.uid)
	case a.Permission != "":
		fault = "Requires permission " + persona.FullPermission(a.Permission)
	}
	if fault != "" {
		fmt.Fprintln(p.Stderr, "Error: "+fault)
		return map[bool]int{true: 0, false: 255}[h.SDK() < 26]
	}
	n := h.start(pkg, user, "service", pkg.Name+"/"+a.Class)
	h.serve(pkg, n, &persona.ServeAction{Class: a.Class, For: persona.Span(serviceTime)})
	h.pass(settle)
	return 0
}

// amStopService stops a service that runs (runStopService, which calls each of its
// ends an error).
func amStopService(p *process, args []string) int {
	h := p.handset
	in, user, err := serviceIntent(args)
	if err != nil {
		return amError(p, err.Error())
	}
	fmt.Fprintf(p.Stdout, "Stopping service: %s\n", in)
	said := "Service not stopped: was not running."
	if pkg, a, ok := h.amService(in, user); ok {
		running := len(h.state.services)
		h.state.services = slices.DeleteFunc(h.state.services, func(s *startedService) bool { return s.p == pkg && s.class == a.Class })
		if len(h.state.services) < running {
			said = "Service stopped"
		}
	}
	fmt.Fprintln(p.Stderr, said)
	return 255 * boolInt(h.SDK() >= 26)
}
