package command

import (
	"fmt"
	"slices"
	"strings"

	"assay/harness/virtual/persona"
	"assay/harness/virtual/phone"
)

// startedAtBoot are the actions for which the system starts a specimen that asks
// for RECEIVE_BOOT_COMPLETED. What makers' apps have in their manifests no source
// gives, so they have no receiver here.
var startedAtBoot = map[string]bool{"android.intent.action.BOOT_COMPLETED": true}

// query prints all activities that answer an intent (runQueryIntentActivities).
func (s *packageCommand) query() int {
	return s.answers("activities", "Activity", func(in phone.Intent, user int) []phone.Match { return s.h.Activities(in, user, false) })
}

// queryReceivers prints the receivers that a broadcast would start
// (runQueryIntentReceivers).
func (s *packageCommand) queryReceivers() int {
	return s.answers("receivers", "Receiver", func(in phone.Intent, user int) []phone.Match {
		return s.h.Declared(in, user, func(p *phone.Package) []persona.Component {
			found := p.App.Receivers
			if slices.Contains(p.Requests, "android.permission.RECEIVE_BOOT_COMPLETED") && startedAtBoot[in.Action] {
				found = append(slices.Clone(found), persona.Component{Class: ".BootReceiver", Actions: []string{in.Action}})
			}
			return found
		})
	})
}

// queryServices prints the services that an intent would bind
// (runQueryIntentServices).
func (s *packageCommand) queryServices() int {
	return s.answers("services", "Service", func(in phone.Intent, user int) []phone.Match {
		found := s.h.Declared(in, user, func(p *phone.Package) []persona.Component { return p.App.Services })
		for i := range found {
			found[i].Service = true
		}
		return found
	})
}

// answers prints who answers an intent.
func (s *packageCommand) answers(plural, title string, find func(phone.Intent, int) []phone.Match) int {
	in, brief, components, user, err := s.parseQuery()
	if err != nil {
		return shellException(s.call, s.name, "java.lang.IllegalArgumentException", err.Error())
	}
	found := find(in, user)
	if len(found) == 0 {
		fmt.Fprintf(s.call.Stdout, "No %s found\n", plural)
		return 0
	}
	prefix := ""
	if !components {
		prefix = "    "
		fmt.Fprintf(s.call.Stdout, "%d %s found:\n", len(found), plural)
	}
	for i, m := range found {
		if !components {
			fmt.Fprintf(s.call.Stdout, "  %s #%d:\n", title, i)
		}
		s.printMatch(prefix, m, user, brief, components)
	}
	return 0
}

// printMatch prints one of those who answer (printResolveInfo, ResolveInfo.dump).
func (s *packageCommand) printMatch(prefix string, m phone.Match, user int, brief, components bool) {
	component := persona.ShortComponent(m.Package.Name + "/" + m.Class)
	if components {
		fmt.Fprintln(s.call.Stdout, prefix+component)
		return
	}
	fmt.Fprintf(s.call.Stdout, "%spriority=0 preferredOrder=0 match=0x%x specificIndex=-1 isDefault=%t\n", prefix, m.Quality, m.Default)
	if brief {
		fmt.Fprintln(s.call.Stdout, prefix+component)
		return
	}
	var b strings.Builder
	dump(m, &b)
	fmt.Fprintln(&b, "  ApplicationInfo:")
	dumpApplication(s.h, &b, m.Package, user)
	indent(s.call.Stdout, b.String(), prefix)
}

// dump prints a component's own lines (ActivityInfo.dump, ServiceInfo.dump).
func dump(m phone.Match, b *strings.Builder) {
	info := "ActivityInfo"
	if m.Service {
		info = "ServiceInfo"
	}
	fmt.Fprintf(b, "%s:\n  name=%s\n  packageName=%s\n", info, m.Class, m.Package.Name)
	fmt.Fprintf(b, "  enabled=true exported=%t directBootAware=false\n", !m.Private)
	switch {
	case m.Permission != "":
		fmt.Fprintf(b, "  permission=%s\n", m.Permission)
	case m.Service:
		fmt.Fprintln(b, "  permission=null")
	}
	if m.Service {
		fmt.Fprintln(b, "  flags=0x0")
		return
	}
	fmt.Fprintf(b, "  taskAffinity=%s targetActivity=null persistableMode=PERSIST_ROOT_ONLY\n", m.Package.Name)
}

// dumpApplication prints a package's ApplicationInfo as these answers have it
// (ApplicationInfo.dump); which lines a release has is taken from what dumpsys
// input_method of real handsets prints of theirs.
func dumpApplication(h *phone.Handset, b *strings.Builder, p *phone.Package, user int) {
	sdk := h.SDK()
	data := func(root string) string { return fmt.Sprintf("/data/%s/%d/%s", root, user, p.Name) }
	seinfo := "default"
	if p.IsPrivileged {
		seinfo = "default:privapp"
	}
	if sdk >= 26 {
		seinfo += fmt.Sprintf(":targetSdkVersion=%d", p.Target)
	}
	enabled := fmt.Sprintf("enabled=true minSdkVersion=%d targetSdkVersion=%d versionCode=%d", min(21, p.Target), p.Target, p.Code)
	if sdk >= 26 {
		enabled += " targetSandboxVersion=1"
	}
	for _, l := range []struct {
		from int
		line string
	}{
		{24, "packageName=" + p.Name},
		{24, "processName=" + p.Name},
		{24, "taskAffinity=" + p.Name},
		{24, fmt.Sprintf("uid=%d flags=0x38a8be45 privateFlags=0x0 theme=0x0", user*100000+p.AppID)},
		{24, "requiresSmallestWidthDp=0 compatibleWidthLimitDp=0 largestWidthLimitDp=0"},
		{24, "sourceDir=" + p.APKPath()},
		{24, "seinfo=" + seinfo},
		{26, "seinfoUser=:complete"},
		{24, "dataDir=" + data("user")},
		{24, "deviceProtectedDataDir=" + data("user_de")},
		{24, "credentialProtectedDataDir=" + data("user")},
		{24, enabled},
		{24, "supportsRtl=true"},
		{24, "fullBackupContent=true"},
		{30, "crossProfile=false"},
		{28, "HiddenApiEnforcementPolicy=2"},
		{29, "usesNonSdkApi=false"},
		{29, "allowsPlaybackCapture=true"},
		{31, "nativeHeapZeroInitialized=0"},
		{33, "enableOnBackInvokedCallback=false"},
	} {
		if sdk >= l.from {
			fmt.Fprintf(b, "    %s\n", l.line)
		}
	}
}
