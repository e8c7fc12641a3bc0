package command

import (
	"context"
	"fmt"
	"strings"
	"time"

	"assay/harness/virtual/phone"
)

// mountCommand is the command mount: toolbox's prints the kernel's lines up to
// Android 5, toybox's its own words since. The shell may mount nothing.
func mountCommand(_ context.Context, p *phone.Call) int {
	kind, rest := "", []string{}
	for i := 1; i < len(p.Argv); i++ {
		switch a := p.Argv[i]; {
		case a == "-t":
			i++
			kind = argument(p.Argv, i)
		case a == "-o" || a == "-O":
			i++
		case !strings.HasPrefix(a, "-"):
			rest = append(rest, a)
		}
	}
	old := p.Handset.SDK() < 23
	if len(rest) > 0 {
		if old {
			return p.Complain("Operation not permitted")
		}
		return p.Complain("'%s' not user mountable in fstab", rest[0])
	}
	if old {
		return p.Print(string(phone.MountTable(p.Handset.Mounts())))
	}
	for _, m := range p.Handset.Mounts() {
		if kind == "" || m.Kind == kind {
			if status := p.Print(fmt.Sprintf("%s on %s type %s (%s)\n", m.Device, m.Dir, m.Kind, m.Options)); status != 0 {
				return status
			}
		}
	}
	return 0
}

// uptime is the command uptime: toolbox's up to Android 5, toybox's since.
func uptime(_ context.Context, p *phone.Call) int {
	up, now := p.Handset.Uptime(), p.Handset.Now()
	if p.Handset.SDK() < 23 {
		return p.Print(fmt.Sprintf("up time: %s, idle time: %s, sleep time: %s\n", clockSpan(up), clockSpan(up*52/10), clockSpan(0)))
	}
	o, err := p.Options("ps")
	if err != nil {
		return p.Complain("%v", err)
	}
	minutes := int(up.Minutes())
	days, hours, rest := minutes/1440, minutes/60%24, minutes%60
	if o.Has('s') {
		return p.Print(now.Add(-up).Format(time.DateTime) + "\n")
	}
	if o.Has('p') {
		plural := func(n int, unit string) string {
			return fmt.Sprintf("%d %s%s", n, unit, map[bool]string{true: "s", false: ""}[n != 1])
		}
		return p.Print(fmt.Sprintf("up %s, %s, %s, %s\n", plural(days/7, "week"), plural(days%7, "day"),
			plural(hours, "hour"), plural(rest, "minute")))
	}
	text := " " + now.Format(time.TimeOnly) + " up "
	if days > 0 {
		text += fmt.Sprintf("%d day%s, ", days, map[bool]string{true: "s", false: ""}[days != 1])
	}
	if hours > 0 {
		text += fmt.Sprintf("%2d:%02d, ", hours, rest)
	} else {
		text += fmt.Sprintf("%d min, ", rest)
	}
	return p.Print(text + " 0 users,  load average: " + strings.Join(phone.LoadAverages[:], ", ") + "\n")
}

// clockSpan prints a span as toolbox does: 26:14:09, and with days 1 days, 02:14:09.
func clockSpan(d time.Duration) string {
	s := int(d.Seconds())
	text := fmt.Sprintf("%02d:%02d:%02d", s/3600%24, s/60%60, s%60)
	if s >= 86400 {
		return fmt.Sprintf("%d days, %s", s/86400, text)
	}
	return text
}
