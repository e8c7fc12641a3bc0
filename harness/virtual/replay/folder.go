package replay

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"assay/harness/virtual/disk"
	"assay/harness/virtual/persona"
	"assay/harness/virtual/sh"
)

// printOuts says which commands a loose print-out answers, where its name alone
// does not tell. Without an entry dumpsys_X is "dumpsys X".
var printOuts = map[string][]string{
	"build_prop":                         {"cat /system/build.prop"},
	"dumpsys_activity_broadcast_state":   {"dumpsys activity broadcasts"},
	"dumpsys_activity_pending_intents":   {"dumpsys activity intents"},
	"dumpsys_activity_running_processes": {"dumpsys activity processes"},
	"dumpsys_activity_services":          {"dumpsys activity services"},
	"dumpsys_activity_uri_permissions":   {"dumpsys activity permissions"},
	"dumpsys_media_camera":               {"dumpsys media.camera"},
	"getprop":                            {"getprop"},
	"kernel_log":                         {"dmesg"},
	"ps":                                 {"ps"},
}

// readFolder reads a folder of loose print-outs.
func (r *Recording) readFolder() (*persona.Persona, error) {
	entries, err := os.ReadDir(r.dir)
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		name, ok := strings.CutSuffix(strings.TrimSuffix(e.Name(), ".gz"), ".txt")
		if !ok || !e.Type().IsRegular() {
			continue
		}
		for _, line := range linesOf(name) {
			r.add(line, recorded{file: e.Name()})
			if service, ok := strings.CutPrefix(line, "dumpsys "); ok && !strings.Contains(service, " ") {
				r.services = append(r.services, service)
			}
		}
	}
	if len(r.answers) == 0 {
		return nil, errors.New("neither a bundle (manifest.json) nor print-outs such as getprop.txt or dumpsys_package.txt")
	}
	slices.Sort(r.services)
	props, err := r.properties()
	if err != nil {
		return nil, err
	}
	return r.persona(props, time.Time{}), nil
}

// linesOf names the command lines that a print-out answers.
func linesOf(name string) []string {
	if lines, ok := printOuts[name]; ok {
		return lines
	}
	words := strings.Split(name, "_")
	if _, err := strconv.Atoi(words[len(words)-1]); err == nil {
		return nil // a second print-out of the same, such as dumpsys_power_2
	}
	switch {
	case words[0] == "logcat" && len(words) > 1:
		return []string{name}
	case strings.HasPrefix(name, "pm_list_packages"):
		flags := ""
		for _, flag := range words[3:] {
			flags += " -" + flag
		}
		return []string{"pm list packages" + flags, "cmd package list packages" + flags}
	case words[0] == "dumpsys" && len(words) > 1:
		service, checkin := strings.CutSuffix(strings.Join(words[1:], "_"), "_checkin")
		if checkin {
			return []string{"dumpsys " + service + " --checkin"}
		}
		return []string{"dumpsys " + service, "dumpsys " + service + " -a"}
	}
	return nil
}

// persona makes the identity of a replayed handset from its properties. The
// clock of one that recorded none stands at the time of its system image.
func (r *Recording) persona(props map[string]string, clock time.Time) *persona.Persona {
	r.props = props
	sdk, err := strconv.Atoi(props["ro.build.version.sdk"])
	if err != nil {
		sdk = sdkOf(props["ro.build.version.release"])
	}
	zone := cmp.Or(props["persist.sys.timezone"], "UTC")
	if _, err := time.LoadLocation(zone); err != nil {
		zone = "UTC"
	}
	if seconds, err := strconv.ParseInt(props["ro.build.date.utc"], 10, 40); clock.IsZero() && err == nil {
		clock = time.Unix(seconds, 0)
	}
	if clock.IsZero() {
		clock = disk.ImageTime
	}
	name := filepath.Base(r.dir)
	return &persona.Persona{
		Name: "replay of " + name, Brand: props["ro.product.brand"], Release: props["ro.build.version.release"], SDK: sdk,
		Properties: maps.Clone(props),
		Identity: persona.Identity{
			Serial: cmp.Or(props["ro.serialno"], props["ro.boot.serialno"], fmt.Sprintf("replay%08x", sh.Seed(name, props["ro.build.fingerprint"]))),
			Clock:  clock.Format(time.RFC3339Nano), Zone: zone,
		},
	}
}

// sdks are the SDKs of releases, for a recording that names only the release.
var sdks = map[string]int{
	"5": 21, "5.0": 21, "5.1": 22, "6": 23, "7": 24, "7.0": 24, "7.1": 25, "8": 26, "8.0": 26, "8.1": 27, "9": 28, "10": 29, "11": 30,
	"12": 31, "13": 33,
	"14": 34, "15": 35, "16": 36,
}

func sdkOf(release string) int {
	words := strings.Split(release, ".")
	return cmp.Or(sdks[strings.Join(words[:min(2, len(words))], ".")], sdks[words[0]], 30)
}
