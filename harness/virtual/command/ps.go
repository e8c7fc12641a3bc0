package command

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"assay/harness/virtual/disk"
	"assay/harness/virtual/dumpsys"
	"assay/harness/virtual/phone"
)

// ps is the command ps: toolbox's up to Android 7, which shows all and takes a
// name to look for; toybox's since, which shows the shell's own unless told -A
// or -e.
func ps(_ context.Context, p *phone.Call) int {
	h := p.Handset
	defer h.RLock()()
	procs := h.State.SortedProcesses()
	if h.SDK() < 26 {
		return psToolbox(p, procs)
	}
	o, err := parsePs(p.Argv)
	switch {
	case err != nil:
		return p.Complain("%v", err)
	case o.help:
		return p.Print(psHelp)
	}
	for _, f := range o.fields {
		if _, ok := psWidths[f]; !ok {
			fmt.Fprintf(p.Stderr, "ps: bad -o %s\n", strings.ToLower(f))
			return 1
		}
	}
	fmt.Fprintln(p.Stdout, o.row(func(f string) string { return f }))
	shown := 0
	for _, n := range procs {
		if (o.all || n.UID == disk.ShellUser) && (o.only == nil || slices.Contains(o.only, n.PID)) {
			fmt.Fprintln(p.Stdout, o.row(func(f string) string { return psField(h, n, f) }))
			shown++
		}
	}
	return phone.Bit(o.only != nil && shown == 0)
}

// psOptions are what toybox's ps is to show.
type psOptions struct {
	help   bool // instead of anything
	all    bool
	only   []int // PIDs; nil: any
	fields []string
}

// parsePs reads the options of ps.
func parsePs(argv []string) (psOptions, error) {
	o := psOptions{fields: []string{"USER", "PID", "PPID", "VSZ", "RSS", "WCHAN", "ADDR", "S", "NAME"}}
	for i := 1; i < len(argv); i++ {
		switch a := argv[i]; {
		case a == "--help":
			o.help = true
			return o, nil
		case strings.HasPrefix(a, "-p"):
			list := a[2:]
			if list == "" {
				i++
				list = argument(argv, i)
			}
			given, ok := numbersIn(list)
			if !ok {
				return o, complaint(fmt.Sprintf("bad -p '%s'", list))
			}
			o.all, o.only = true, append(o.only, given...)
		case a == "-A" || a == "-e" || a == "-ef" || a == "-Af":
			o.all = true
			if strings.HasSuffix(a, "f") {
				o.fields = []string{"UID", "PID", "PPID", "C", "STIME", "TTY", "TIME", "CMD"}
			}
		case strings.HasPrefix(a, "-o") || strings.HasPrefix(a, "-Ao"):
			o.all = o.all || strings.HasPrefix(a, "-A")
			list := a[strings.IndexByte(a, 'o')+1:]
			if list == "" && i+1 < len(argv) {
				i++
				list = argv[i]
			}
			o.fields = strings.Split(strings.ToUpper(list), ",")
		}
	}
	return o, nil
}

// psWidths are the widths of the columns; a negative one is aligned to the left.
var psWidths = map[string]int{
	"USER": -12, "UID": 5, "PID": 5, "PPID": 5, "VSZ": 8, "RSS": 6, "WCHAN": -17, "ADDR": 10, "S": 1, "NAME": -27, "CMD": -27, "ARGS": -27,
	"TIME": 8, "STIME": 5, "TTY": -8, "C": 1,
}

// row is one line: its heading, or a process.
func (o psOptions) row(of func(field string) string) string {
	var cells []string
	for i, f := range o.fields {
		w := psWidths[f]
		if i == len(o.fields)-1 && w < 0 {
			cells = append(cells, of(f))
			continue
		}
		cells = append(cells, fmt.Sprintf("%*s", w, of(f)))
	}
	return strings.TrimRight(strings.Join(cells, " "), " ")
}

// psField is one column of a process.
func psField(h *phone.Handset, n *phone.Process, field string) string {
	native := n.Package == ""
	switch field {
	case "USER":
		return phone.UserName(n.UID)
	case "UID":
		return fmt.Sprint(n.UID)
	case "PID":
		return fmt.Sprint(n.PID)
	case "PPID":
		return fmt.Sprint(n.PPID)
	case "VSZ":
		return fmt.Sprint(map[bool]int{true: 10908, false: 1290000 + n.PID*7}[native])
	case "RSS":
		return fmt.Sprint(map[bool]int{true: 2180, false: 68000 + n.PID%9000}[native])
	case "WCHAN", "ADDR", "C":
		return "0"
	case "S":
		return "S"
	case "STIME":
		return n.Started.In(h.Zone()).Format("15:04")
	case "TTY":
		return "?"
	case "TIME":
		return "00:00:01"
	}
	return n.Name
}

// psToolbox prints the table of Android 5 to 7 (toolbox ps.c).
func psToolbox(p *phone.Call, procs []*phone.Process) int {
	want := ""
	for _, a := range p.Argv[1:] {
		if !strings.HasPrefix(a, "-") {
			want = a
		}
	}
	fmt.Fprintln(p.Stdout, "USER      PID   PPID  VSIZE  RSS   WCHAN              PC  NAME")
	for _, n := range procs {
		if want != "" && n.Name != want && fmt.Sprint(n.PID) != want {
			continue
		}
		vsz, rss := 1290000+n.PID*7, 68000+n.PID%9000
		if n.Package == "" {
			vsz, rss = 10908, 2180
		}
		fmt.Fprintf(p.Stdout, "%-9s %-5d %-5d %-6d %-5d %10.10s %010x %s %s\n", phone.UserName(n.UID), n.PID, n.PPID, vsz, rss, "SyS_epoll_", 0,
			"S", n.Name)
	}
	return 0
}

// pidof is the command pidof NAME.
func pidof(_ context.Context, p *phone.Call) int {
	h := p.Handset
	if h.SDK() < 24 {
		return p.Missing()
	}
	defer h.RLock()()
	var pids []string
	for _, n := range h.State.SortedProcesses() {
		if slices.Contains(p.Argv[1:], n.Name) {
			pids = append(pids, fmt.Sprint(n.PID))
		}
	}
	if len(pids) == 0 {
		return 1
	}
	fmt.Fprintln(p.Stdout, strings.Join(pids, " "))
	return 0
}

// ipCommand prints ip addr and ip link of lo and wlan0; the MAC address is kept
// from the shell from Android 11.
func ipCommand(_ context.Context, p *phone.Call) int {
	h := p.Handset
	mac := h.Persona().Identity.MAC
	if h.SDK() >= 30 {
		mac = "02:00:00:00:00:00"
	}
	if len(p.Argv) < 2 || !strings.HasPrefix("address", p.Argv[1]) && !strings.HasPrefix("link", p.Argv[1]) && p.Argv[1] != "addr" {
		fmt.Fprintln(p.Stderr, "Usage: ip [ OPTIONS ] OBJECT { COMMAND | help }")
		return 255
	}
	fmt.Fprintf(p.Stdout, "1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue state UNKNOWN \n"+
		"    link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00\n    inet 127.0.0.1/8 scope host lo\n"+
		"       valid_lft forever preferred_lft forever\n")
	fmt.Fprintf(p.Stdout, "16: wlan0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc mq state UP qlen 3000\n"+
		"    link/ether %s brd ff:ff:ff:ff:ff:ff\n    inet %s/24 brd 192.168.0.255 scope global wlan0\n"+
		"       valid_lft forever preferred_lft forever\n", mac, h.WLANAddress())
	return 0
}

// serviceCommand is the command service: list, check and call. The only call
// that answers is iphonesubinfo 1, getDeviceId, up to Android 9; later releases
// refuse the shell. The IMEI is printed as a parcel.
func serviceCommand(_ context.Context, p *phone.Call) int {
	h := p.Handset
	switch {
	case len(p.Argv) >= 2 && p.Argv[1] == "list":
		fmt.Fprintf(p.Stdout, "Found %d services:\n", len(dumpsys.Services(h)))
		for i, s := range dumpsys.Services(h) {
			fmt.Fprintf(p.Stdout, "%d\t%s: []\n", i, s)
		}
	case len(p.Argv) >= 3 && p.Argv[1] == "check":
		word := "not found"
		if slices.Contains(dumpsys.Services(h), p.Argv[2]) {
			word = "found"
		}
		fmt.Fprintf(p.Stdout, "Service %s: %s\n", p.Argv[2], word)
	case len(p.Argv) >= 4 && p.Argv[1] == "call" && p.Argv[2] == "iphonesubinfo":
		if h.SDK() >= 29 || p.Argv[3] != "1" || h.Persona().Identity.IMEI == "" {
			fmt.Fprint(p.Stdout, parcelException(-1, "getDeviceId: The user 2000 does not meet the requirements to access device identifiers."))
			return 0
		}
		fmt.Fprint(p.Stdout, parcelString(h.Persona().Identity.IMEI))
	default:
		fmt.Fprintln(p.Stderr, "service: No action specified.")
		return 10
	}
	return 0
}

// parcelString prints a reply that holds a string (Parcel::print and hexdump).
func parcelString(s string) string {
	words := []uint32{0, uint32(len(s))}
	return hexdump(append(words, utf16Words(s)...))
}

// parcelException prints a reply that holds an exception.
func parcelException(code int32, message string) string {
	words := []uint32{uint32(code), uint32(len(message))}
	return hexdump(append(words, utf16Words(message)...))
}

// utf16Words packs a string of ASCII, with its closing zero, two units a word.
func utf16Words(s string) []uint32 {
	var out []uint32
	for i := 0; i <= len(s); i += 2 {
		var w uint32
		if i < len(s) {
			w = uint32(s[i])
		}
		if i+1 < len(s) {
			w |= uint32(s[i+1]) << 16
		}
		out = append(out, w)
	}
	return out
}

// hexdump prints words as service call does: four a line, with an offset where
// there is more than one line, and the bytes as text.
func hexdump(words []uint32) string {
	var b strings.Builder
	b.WriteString("Result: Parcel(")
	if len(words) > 4 {
		b.WriteString("\n")
	}
	for i := 0; i < len(words); i += 4 {
		if len(words) > 4 {
			fmt.Fprintf(&b, "  0x%08x: ", i*4)
		}
		text := ""
		for j := i; j < i+4; j++ {
			if j >= len(words) {
				b.WriteString("         ")
				continue
			}
			fmt.Fprintf(&b, "%08x ", words[j])
			for shift := 0; shift < 32; shift += 8 {
				c := byte(words[j] >> shift)
				if c < 0x20 || c > 0x7e {
					c = '.'
				}
				text += string(c)
			}
		}
		fmt.Fprintf(&b, "'%-16s'", text)
		if i+4 < len(words) {
			b.WriteString("\n")
		}
	}
	b.WriteString(")\n")
	return b.String()
}
