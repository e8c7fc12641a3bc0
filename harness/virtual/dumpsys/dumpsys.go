package dumpsys

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"assay/harness/virtual/phone"
)

// dumper prints one service's dump. It reads; the caller holds the lock.
type dumper struct {
	name string
	sdk  int // the first release that has the service
	last int // the last one; 0: still there
	dump func(h *phone.Handset, w io.Writer, args []string)
}

// dumpers are the services with a dump of ours, by name.
var dumpers = []dumper{
	{"accessibility", 21, 0, dumpAccessibility},
	{"account", 21, 0, dumpAccount},
	{"activity", 21, 0, dumpActivity},
	{"alarm", 21, 0, dumpAlarms},
	{"appops", 21, 0, dumpAppOps},
	{"audio", 21, 0, dumpAudio},
	{"battery", 21, 0, dumpBattery},
	{"connectivity", 21, 0, dumpConnectivity},
	{"device_policy", 21, 0, dumpDevicePolicy},
	{"device_config", 29, 0, func(*phone.Handset, io.Writer, []string) {}},
	{"deviceidle", 23, 0, dumpDeviceIdle},
	{"input", 21, 0, dumpInput},
	{"input_method", 21, 0, dumpInputMethod},
	{"iphonesubinfo", 21, 22, dumpPhoneInfo},
	{"jobscheduler", 21, 0, dumpJobs},
	{"location", 21, 0, dumpLocation},
	{"media.camera", 21, 0, dumpCamera},
	{"netstats", 21, 0, dumpNetStats},
	{"package", 21, 0, func(h *phone.Handset, w io.Writer, args []string) { dumpPackageArgs(h, w, args) }},
	{"permissionmgr", 29, 0, func(*phone.Handset, io.Writer, []string) {}},
	{"power", 21, 0, dumpPower},
	{"role", 29, 0, dumpRole},
	{"sensor_privacy", 31, 0, dumpSensorPrivacy},
	{"sensorservice", 21, 0, dumpSensors},
	{"transparency", 34, 0, func(*phone.Handset, io.Writer, []string) {}},
	{"usagestats", 21, 0, dumpUsage},
	{"window", 21, 0, dumpWindow},
}

// silentServices run on every handset and print nothing here.
var silentServices = []string{"SurfaceFlinger", "bluetooth_manager", "lock_settings", "notification", "phone", "wifi"}

// Services lists a release's services, sorted.
func Services(h *phone.Handset) []string {
	names := slices.Clone(silentServices)
	for _, d := range dumpers {
		if d.sdk <= h.SDK() && (d.last == 0 || h.SDK() <= d.last || d.name == "iphonesubinfo") {
			names = append(names, d.name)
		}
	}
	names = slices.DeleteFunc(names, func(name string) bool { return slices.Contains(h.Persona().Lacks, name) })
	slices.Sort(names)
	return names
}

// Command is the command dumpsys (frameworks/native/cmds/dumpsys).
func Command(ctx context.Context, p *phone.Call) int {
	h, args := p.Handset, p.Argv[1:]
	for len(args) > 0 && strings.HasPrefix(args[0], "-") {
		switch args[0] {
		case "-l":
			fmt.Fprintln(p.Stdout, "Currently running services:")
			for _, s := range Services(h) {
				fmt.Fprintf(p.Stdout, "  %s\n", s)
			}
			return 0
		case "-t", "-T", "--priority":
			args = args[min(2, len(args)):]
			continue
		}
		args = args[1:]
	}
	if len(args) == 0 {
		return dumpAll(ctx, p)
	}
	name := args[0]
	if !slices.Contains(Services(h), name) {
		fmt.Fprintf(p.Stderr, "Can't find service: %s\n", name)
		return 0 // dumpsys always exits with 0
	}
	dumpService(h, p.Stdout, name, args[1:])
	return 0
}

func dumpAll(ctx context.Context, p *phone.Call) int {
	fmt.Fprintln(p.Stdout, "Currently running services:")
	for _, s := range Services(p.Handset) {
		fmt.Fprintf(p.Stdout, "  %s\n", s)
	}
	for _, s := range Services(p.Handset) {
		if ctx.Err() != nil {
			return 130
		}
		fmt.Fprintf(p.Stdout, "%s\nDUMP OF SERVICE %s:\n", strings.Repeat("-", 79), s)
		dumpService(p.Handset, p.Stdout, s, nil)
		dumpEnd(p.Handset, p.Stdout, s)
	}
	return 0
}

// dumpEnd is the line after each of several dumps, from Android 7, with the time
// from 8 (cmds/dumpsys/dumpsys.cpp, writeDumpFooter).
func dumpEnd(h *phone.Handset, w io.Writer, name string) {
	if h.SDK() < 24 {
		return
	}
	fmt.Fprintf(w, "--------- %.3fs was the duration of dumpsys %s", float64(1+h.Number("dump", name)%180)/1000, name)
	if h.SDK() >= 26 {
		fmt.Fprintf(w, ", ending at: %s", h.Now().Format(time.DateTime))
	}
	fmt.Fprintln(w)
}

// dumpService prints one service's dump, or the refusal that the persona wants.
func dumpService(h *phone.Handset, w io.Writer, name string, args []string) {
	if slices.Contains(h.Persona().Denies, name) {
		io.WriteString(w, h.DumpDenial(name))
		return
	}
	i := slices.IndexFunc(dumpers, func(d dumper) bool { return d.name == name })
	if i < 0 || dumpers[i].last != 0 && h.SDK() > dumpers[i].last {
		return
	}
	defer h.RLock()()
	dumpers[i].dump(h, w, args)
}
