package phone

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
)

// cores is how many processors a handset has.
const cores = 8

// hertz is the kernel's USER_HZ, in which it counts time.
const hertz = 100

// kernelFile gives the maker of a file of /proc that the shell may read on every
// release (sepolicy, shell.te) and that stands for the machine, not for apps.
func (h *Handset) kernelFile(path string) (func() []byte, bool) {
	switch path {
	case "/proc/cpuinfo":
		return h.cpuinfo, true
	case "/proc/filesystems":
		return func() []byte {
			return []byte("nodev\tsysfs\nnodev\ttmpfs\nnodev\tproc\nnodev\tselinuxfs\n\text4\n\tf2fs\nnodev\tfuse\n")
		}, true
	case "/proc/loadavg":
		return func() []byte {
			defer h.RLock()()
			return fmt.Appendf(nil, "%s 1/%d %d\n", strings.Join(LoadAverages[:], " "), 900+len(h.State.processes), h.State.nextPID)
		}, true
	case "/proc/meminfo":
		return h.meminfo, true
	case "/proc/mounts", "/proc/self/mounts":
		return func() []byte { return MountTable(h.Mounts()) }, true
	case "/proc/stat":
		return h.procStat, true
	}
	return h.processFile(path)
}

// LoadAverages are the load averages of a handset: of one, five and fifteen minutes.
var LoadAverages = [3]string{"1.02", "0.97", "0.88"}

// cpuinfo is /proc/cpuinfo of an ARM kernel (arch/arm64/kernel/cpuinfo.c).
func (h *Handset) cpuinfo() []byte {
	var b bytes.Buffer
	for i := range cores {
		fmt.Fprintf(&b, "processor\t: %d\nBogoMIPS\t: 38.40\nFeatures\t: fp asimd evtstrm aes pmull sha1 sha2 crc32 cpuid\n"+
			"CPU implementer\t: 0x51\nCPU architecture: 8\nCPU variant\t: 0xa\nCPU part\t: 0x%x\nCPU revision\t: 2\n\n", i, 0x801-i/4)
	}
	if board := h.persona.Properties["ro.board.platform"]; board != "" {
		fmt.Fprintf(&b, "Hardware\t: %s\n", strings.ToUpper(board))
	}
	return b.Bytes()
}

// meminfo is the head of /proc/meminfo (fs/proc/meminfo.c), in kB.
func (h *Handset) meminfo() []byte {
	total := 3800064
	if h.persona.SDK < 24 {
		total = 2010112
	}
	rows := []struct {
		name string
		kb   int
	}{
		{"MemTotal", total}, {"MemFree", total / 24}, {"MemAvailable", total * 2 / 5}, {"Buffers", total / 300}, {"Cached", total / 3},
		{"SwapCached", total / 100}, {"Active", total / 3}, {"Inactive", total / 5}, {"SwapTotal", total / 2}, {"SwapFree", total / 4},
	}
	var b bytes.Buffer
	for _, r := range rows {
		fmt.Fprintf(&b, "%-16s%8d kB\n", r.name+":", r.kb)
	}
	return b.Bytes()
}

// procStat is /proc/stat (fs/proc/stat.c). Its counters follow the handset's clock.
func (h *Handset) procStat() []byte {
	ticks := h.Clock.Uptime().Milliseconds() * hertz / 1000
	line := func(name string, t int64) string {
		return fmt.Sprintf("%s %d %d %d %d %d 0 %d 0 0 0\n", name, t/12, t/90, t/15, t-t/12-t/90-t/15-t/400-t/500, t/400, t/500)
	}
	var b bytes.Buffer
	b.WriteString(line("cpu ", ticks*cores))
	for i := range cores {
		b.WriteString(line(fmt.Sprintf("cpu%d", i), ticks))
	}
	defer h.RLock()()
	fmt.Fprintf(&b, "intr %d\nctxt %d\nbtime %d\nprocesses %d\nprocs_running 1\nprocs_blocked 0\nsoftirq %d\n",
		ticks*31, ticks*77, h.BootTime().Unix(), h.State.nextPID+len(h.State.processes), ticks*17)
	return b.Bytes()
}

// processFile gives the maker of a file of one process: cmdline, comm, status or
// stat of /proc/PID (fs/proc/array.c, base.c).
func (h *Handset) processFile(path string) (func() []byte, bool) {
	rest, ok := strings.CutPrefix(path, "/proc/")
	id, file, found := strings.Cut(rest, "/")
	pid, err := strconv.Atoi(id)
	if !ok || !found || err != nil {
		return nil, false
	}
	defer h.RLock()()
	n := h.State.processes[pid]
	if n == nil {
		return nil, false
	}
	name := n.Name
	short := name[max(0, len(name)-15):] // what prctl keeps of an app's name is its end (android_util_Process.cpp)
	var text string
	switch file {
	case "cmdline":
		text = name + "\x00"
	case "comm":
		text = short + "\n"
	case "stat":
		text = fmt.Sprintf("%d (%s) S %d %d 0 0 -1 1077936448 0 0 0 0 0 0 0 0 10 -10 1 0 %d 0 0\n", n.PID, short, n.PPID, n.PPID,
			max(0, n.Started.Sub(h.BootTime()).Milliseconds()*hertz/1000))
	case "status":
		text = fmt.Sprintf("Name:\t%s\nState:\tS (sleeping)\nTgid:\t%d\nPid:\t%d\nPPid:\t%d\n"+
			"TracerPid:\t0\nUid:\t%[5]d\t%[5]d\t%[5]d\t%[5]d\n"+
			"Gid:\t%[5]d\t%[5]d\t%[5]d\t%[5]d\n",
			short, n.PID, n.PID, n.PPID, n.UID)
	default:
		return nil, false
	}
	return func() []byte { return []byte(text) }, true
}
