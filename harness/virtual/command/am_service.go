package command

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"assay/harness/virtual/persona"
	"assay/harness/virtual/phone"
)

// serviceTime is how long a service that the shell starts runs.
const serviceTime = time.Minute

// amService finds the service that an intent of the shell names: by its component,
// or by its action.
func amService(h *phone.Handset, in phone.Intent, user int) (*phone.Package, persona.Component, bool) {
	for _, p := range h.State.SortedPackages() {
		if p.App == nil || p.Users[user] == nil || !p.Users[user].Installed || in.Package != "" && in.Package != p.Name {
			continue
		}
		for _, a := range p.App.Services {
			class := a.Class
			if strings.HasPrefix(class, ".") {
				class = p.Name + class
			}
			if in.Component == p.Name+"/"+class || in.Component == "" && slices.Contains(a.Actions, in.Action) {
				a.Class = class
				return p, a, true
			}
		}
	}
	return nil, persona.Component{}, false
}

// serviceIntent reads the arguments of a command for a service.
func serviceIntent(args []string) (in phone.Intent, user int, err error) {
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
func amStartService(p *phone.Call, args []string) int {
	h := p.Handset
	in, user, err := serviceIntent(args)
	if err != nil {
		return amError(p, err.Error())
	}
	fmt.Fprintf(p.Stdout, "Starting service: %s\n", in)
	pkg, a, ok := amService(h, in, user)
	fault := ""
	switch {
	case !ok:
		fault = "Not found; no service started."
	case a.Own:
		fault = fmt.Sprintf("Requires permission not exported from uid %d", pkg.AppID)
	case a.Permission != "":
		fault = "Requires permission " + persona.FullPermission(a.Permission)
	}
	if fault != "" {
		fmt.Fprintln(p.Stderr, "Error: "+fault)
		return map[bool]int{true: 0, false: 255}[h.SDK() < 26]
	}
	n := h.Start(pkg, user, "service", pkg.Name+"/"+a.Class)
	h.StartService(pkg, n, &persona.ServeAction{Class: a.Class, For: persona.Span(serviceTime)})
	h.Pass(settle)
	return 0
}

// amStopService stops a service that runs (runStopService, which calls each of its
// ends an error).
func amStopService(p *phone.Call, args []string) int {
	h := p.Handset
	in, user, err := serviceIntent(args)
	if err != nil {
		return amError(p, err.Error())
	}
	fmt.Fprintf(p.Stdout, "Stopping service: %s\n", in)
	said := "Service not stopped: was not running."
	if pkg, a, ok := amService(h, in, user); ok {
		running := len(h.State.Services)
		h.State.Services = slices.DeleteFunc(h.State.Services, func(s *phone.Service) bool { return s.Package == pkg && s.Class == a.Class })
		if len(h.State.Services) < running {
			said = "Service stopped"
		}
	}
	fmt.Fprintln(p.Stderr, said)
	return 255 * phone.Bit(h.SDK() >= 26)
}
