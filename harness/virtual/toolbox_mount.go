package virtual

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"time"
)

// mount is one line of /proc/mounts.
type mounted struct{ device, dir, kind, options string }

// mounts are what init and vold mount on a handset (system/core/rootdir/init.rc,
// fstab; vold). The root is the system's image since Android 10; shared storage is
// FUSE's up to Android 7 and from 11, and sdcardfs's between. The system is
// read-only on a user build.
func (h *PhoneHandset) mounts() []mounted {
	sdk := h.persona.SDK
	const label = "seclabel"
	var all []mounted
	add := func(device, dir, kind, options string) { all = append(all, mounted{device, dir, kind, options}) }
	if sdk < 29 {
		add("rootfs", "/", "rootfs", "ro,"+label)
	} else {
		add("/dev/block/dm-0", "/", "ext4", "ro,"+label+",relatime")
	}
	add("tmpfs", "/dev", "tmpfs", "rw,"+label+",nosuid,relatime,mode=755")
	add("devpts", "/dev/pts", "devpts", "rw,"+label+",relatime,mode=600")
	add("proc", "/proc", "proc", map[bool]string{true: "rw,relatime,gid=3009,hidepid=2", false: "rw,relatime"}[sdk >= 24])
	add("sysfs", "/sys", "sysfs", "rw,"+label+",relatime")
	add("selinuxfs", "/sys/fs/selinux", "selinuxfs", "rw,relatime")
	if sdk < 29 {
		add("/dev/block/bootdevice/by-name/system", "/system", "ext4", "ro,"+label+",relatime,data=ordered")
	}
	if sdk >= 26 {
		add(fmt.Sprintf("/dev/block/dm-%d", boolInt(sdk >= 29)*4), "/vendor", "ext4", "ro,"+label+",relatime")
	}
	if sdk >= 30 {
		add("/dev/block/dm-1", "/system_ext", "ext4", "ro,"+label+",relatime")
		add("/dev/block/dm-2", "/product", "ext4", "ro,"+label+",relatime")
	}
	if sdk >= 29 {
		add("tmpfs", "/apex", "tmpfs", "rw,"+label+",nosuid,nodev,noexec,relatime,mode=755")
	}
	userdata := map[bool]string{true: "f2fs", false: "ext4"}[sdk >= 28]
	add("/dev/block/by-name/userdata", "/data", userdata, "rw,"+label+",nosuid,nodev,noatime")
	add("tmpfs", "/storage", "tmpfs", "rw,"+label+",relatime,mode=755,gid=1000")
	switch {
	case sdk >= 30:
		add("/dev/fuse", "/storage/emulated", "fuse", "rw,nosuid,nodev,noexec,noatime,user_id=0,group_id=0,allow_other")
	case sdk >= 26:
		add("/data/media", "/storage/emulated", "sdcardfs",
			"rw,nosuid,nodev,noexec,noatime,fsuid=1023,fsgid=1023,gid=9997,multiuser,mask=6,derive_gid")
	default:
		add("/dev/fuse", "/storage/emulated", "fuse",
			"rw,nosuid,nodev,noexec,noatime,user_id=1023,group_id=1023,default_permissions,allow_other")
	}
	return all
}

// mountTable is /proc/mounts.
func mountTable(all []mounted) []byte {
	var b bytes.Buffer
	for _, m := range all {
		fmt.Fprintf(&b, "%s %s %s %s 0 0\n", m.device, m.dir, m.kind, m.options)
	}
	return b.Bytes()
}

// mountCommand is the command mount: toolbox's prints the kernel's lines up to
// Android 5, toybox's its own words since. The shell may mount nothing.
func mountCommand(_ context.Context, p *process) int {
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
	old := p.handset.persona.SDK < 23
	if len(rest) > 0 {
		if old {
			return p.Complain("Operation not permitted")
		}
		return p.Complain("'%s' not user mountable in fstab", rest[0])
	}
	if old {
		return p.Print(string(mountTable(p.handset.mounts())))
	}
	for _, m := range p.handset.mounts() {
		if kind == "" || m.kind == kind {
			if status := p.Print(fmt.Sprintf("%s on %s type %s (%s)\n", m.device, m.dir, m.kind, m.options)); status != 0 {
				return status
			}
		}
	}
	return 0
}

// uptime is the command uptime: toolbox's up to Android 5, toybox's since.
func uptime(_ context.Context, p *process) int {
	up, now := p.handset.clock.Uptime(), p.handset.clock.Now()
	if p.handset.persona.SDK < 23 {
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
	return p.Print(text + " 0 users,  load average: " + strings.Join(loads[:], ", ") + "\n")
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
