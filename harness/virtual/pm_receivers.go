package virtual

import "fmt"

// startedAtBoot are the actions for which the system starts a specimen that asks
// for RECEIVE_BOOT_COMPLETED. What makers' apps have in their manifests no source
// gives, so they have no receiver here.
var startedAtBoot = map[string]bool{"android.intent.action.BOOT_COMPLETED": true}

// queryReceivers prints the receivers that a broadcast would start
// (runQueryIntentReceivers).
func (s *packageCommand) queryReceivers() int {
	in, brief, components, user, err := s.parseQuery()
	if err != nil {
		return shellException(s.process, s.name, "java.lang.IllegalArgumentException", err.Error())
	}
	var found []match
	for _, p := range s.h.state.sortedPackages() {
		u := p.users[user]
		if p.app == nil || !startedAtBoot[in.action] || u == nil || !u.installed || u.enabled >= 2 {
			continue
		}
		for _, r := range p.Requests {
			if r == "android.permission.RECEIVE_BOOT_COMPLETED" {
				found = append(found, match{p: p, activity: p.Name + ".BootReceiver", match: 0x108000})
			}
		}
	}
	if len(found) == 0 {
		fmt.Fprintln(s.stdout, "No receivers found")
		return 0
	}
	if !components {
		fmt.Fprintf(s.stdout, "%d receivers found:\n", len(found))
	}
	for i, m := range found {
		prefix := ""
		if !components {
			prefix = "    "
			fmt.Fprintf(s.stdout, "  Receiver #%d:\n", i)
		}
		s.printMatch(prefix, m, brief, components)
	}
	return 0
}
