package command

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"assay/harness/virtual/dumpsys"
	"assay/harness/virtual/phone"
	"assay/harness/virtual/sh"
)

// bugreportTime is how long dumpstate takes on the handset's clock.
const bugreportTime = 90 * time.Second

// reportSections are the parts of a bugreport's text that this handset prints, in
// dumpstate's order (frameworks/native/cmds/dumpstate/dumpstate.cpp): the title,
// the command or file that stands in the heading, and the program; nil: a file.
var reportSections = []struct {
	title, shown string
	run          phone.Command
}{
	{"UPTIME", "uptime", uptime},
	{"MEMORY INFO", "/proc/meminfo", nil},
	{"CPU INFO", "/proc/cpuinfo", nil},
	{"MOUNTS", "/proc/mounts", nil},
	{"PROCESSES AND THREADS", "ps -A", ps},
	{"SYSTEM LOG", "logcat -v threadtime -d *:v", logcat},
	{"EVENT LOG", "logcat -b events -v threadtime -d *:v", logcat},
	{"LOG STATISTICS", "logcat -b all -S", logcat},
	{"SYSTEM PROPERTIES", "getprop", getprop},
	{"NETWORK INTERFACES", "ip link", ipCommand},
	{"DUMPSYS", "/system/bin/dumpsys", dumpsys.Command},
}

// bugreportz is the command bugreportz, from Android 7: it makes a zip, and says
// where (frameworks/native/cmds/bugreportz). Its version goes to the errors.
func bugreportz(ctx context.Context, p *phone.Call) int {
	h, sdk := p.Handset, p.Handset.SDK()
	if sdk < 24 {
		return p.Missing()
	}
	o, err := p.Options("hpsv")
	switch {
	case err != nil:
		fmt.Fprintln(p.Stderr, "usage: bugreportz [-hpsv]")
		return 1
	case o.Has('h'):
		fmt.Fprintln(p.Stderr, "usage: bugreportz [-h | -v]\n  -h: to display this help message\n  -p: display progress\n"+
			"  -v: to display the version\n"+
			"  or no arguments to generate a zipped bugreport")
		return 0
	case o.Has('v'):
		fmt.Fprintln(p.Stderr, reportVersion(sdk))
		return 0
	}
	name := reportName(h)
	zipped := bugreportZip(ctx, h, name)
	if ctx.Err() != nil {
		return sh.Killed
	}
	if o.Has('s') && sdk >= 31 {
		_, err := p.Stdout.Write(zipped)
		return phone.Bit(err != nil)
	}
	file := reportFolder + "/" + name + ".zip"
	if o.Has('p') && sdk >= 26 {
		fmt.Fprintf(p.Stdout, "BEGIN:%s\n", file)
		for done := range len(reportSections) {
			fmt.Fprintf(p.Stdout, "PROGRESS:%d/%d\n", done+1, len(reportSections))
		}
	}
	h.Disk().Keep(file, zipped, h.Now())
	fmt.Fprintf(p.Stdout, "OK:%s\n", file)
	return 0
}

// reportVersion is what bugreportz -v says (bugreportz.h): 1.1 added progress, 1.2
// a zip that goes to the output.
func reportVersion(sdk int) string {
	switch {
	case sdk < 26:
		return "1.0"
	case sdk < 31:
		return "1.1"
	}
	return "1.2"
}

// reportFolder is the shell app's own, where dumpstate leaves its zips.
const reportFolder = "/data/user_de/0/com.android.shell/files/bugreports"

// reportName is a bugreport's, after the device, the build and the time.
func reportName(h *phone.Handset) string {
	props := h.Persona().Properties
	return fmt.Sprintf("bugreport-%s-%s-%s", props["ro.product.name"], props["ro.build.id"], h.Now().Format("2006-01-02-15-04-05"))
}

// bugreportCommand is the command bugreport: the text itself, up to Android 11;
// from 7 on with a warning.
func bugreportCommand(ctx context.Context, p *phone.Call) int {
	sdk := p.Handset.SDK()
	if sdk >= 31 {
		return p.Missing()
	}
	if sdk >= 24 {
		rule := strings.Repeat("=", 77)
		fmt.Fprintf(p.Stderr, "%s\nWARNING: flat bugreports are deprecated, use adb bugreport <zip_file> instead\n%s\n\n\n", rule, rule)
	}
	return bugreportText(ctx, p.Handset, p.Stdout)
}

// bugreportZip is the file that adb bugreport fetches.
func bugreportZip(ctx context.Context, h *phone.Handset, name string) []byte {
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	add := func(file string, write func(w io.Writer)) {
		if w, err := z.CreateHeader(&zip.FileHeader{Name: file, Method: zip.Deflate, Modified: h.Now()}); err == nil {
			write(w) // a Buffer takes all
		}
	}
	add("version.txt", func(w io.Writer) { io.WriteString(w, "2.0") })
	add(name+".txt", func(w io.Writer) { bugreportText(ctx, h, w) })
	add("main_entry.txt", func(w io.Writer) { io.WriteString(w, name+".txt") })
	z.Close()
	return out.Bytes()
}

// bugreportText is a bugreport's text.
func bugreportText(ctx context.Context, h *phone.Handset, w io.Writer) int {
	if h.Sleep(ctx, bugreportTime) != nil {
		return sh.Killed
	}
	reportHeader(h, w)
	for _, s := range reportSections {
		if ctx.Err() != nil {
			return sh.Killed
		}
		fmt.Fprintf(w, "------ %s (%s) ------\n", s.title, s.shown)
		if s.run == nil {
			text, _ := h.Disk().ReadFile(s.shown)
			w.Write(text)
		} else {
			s.run(ctx, &phone.Call{Handset: h, Process: sh.Process{
				Machine: h, Argv: strings.Fields(s.shown), Stdin: strings.NewReader(""), Stdout: w, Stderr: w, Dir: "/"}})
		}
		fmt.Fprintf(w, "------ %.3fs was the duration of '%s' ------\n\n", float64(20+h.Number("section", s.title)%900)/1000, s.title)
	}
	fmt.Fprint(w, "========================================================\n== Final progress (pid 4242): 100/100 (estimated 100)\n"+
		"========================================================\n== dumpstate: done (id 1)\n"+
		"========================================================\n")
	return 0
}

// reportHeader is what a bugreport says of the handset before its sections
// (Dumpstate::PrintHeader).
func reportHeader(h *phone.Handset, w io.Writer) {
	props, rule := h.Persona().Properties, strings.Repeat("=", 56)
	fmt.Fprintf(w, "%s\n== dumpstate: %s\n%s\n\nBuild: %s\nBuild fingerprint: '%s'\nBootloader: unknown\nRadio: unknown\nNetwork: Virtual\n",
		rule, h.Now().Format(time.DateTime), rule, props["ro.build.display.id"], props["ro.build.fingerprint"])
	version, _ := h.Disk().ReadFile("/proc/version")
	fmt.Fprintf(w, "Kernel: %sCommand line: (unknown)\nUptime: up %d minutes\n"+
		"Bugreport format version: 2.0\nDumpstate info: id=1 pid=4242 dry_run=0 parallel_run=0 args=bugreportz -p bugreport_mode=\n\n",
		version, int(h.Uptime().Minutes()))
}
