package phone

import (
	"bytes"
	"fmt"
	"net/netip"
	"strings"
)

// synthetic gives the maker of a file that stands for state, as those of /proc
// do, and whether the path names one that the shell may read on this release.
func (h *Handset) synthetic(path string) (func() []byte, bool) {
	sdk := h.persona.SDK
	switch path {
	case "/proc/net/tcp":
		return func() []byte { return h.socketTable(false) }, true
	case "/proc/net/tcp6":
		return func() []byte { return h.socketTable(true) }, true
	case "/proc/net/udp":
		return func() []byte { return []byte(udpHeading) }, true
	case "/proc/net/udp6":
		return func() []byte { return []byte(udp6Heading) }, true
	case "/proc/net/xt_qtaguid/stats":
		return h.qtaguid, sdk <= 28 // eBPF took its place
	case "/proc/uptime":
		return h.uptimeFile, true
	case "/proc/sys/kernel/random/boot_id":
		return h.bootIDFile, true
	case "/proc/version":
		return func() []byte { return []byte("Linux version 4.14.186 (build@host) #1 SMP PREEMPT\n") }, true
	case "/sys/class/net/wlan0/address":
		return func() []byte { return []byte(h.persona.Identity.MAC + "\n") }, sdk <= 28
	}
	return h.kernelFile(path)
}

// denied says whether a file is there and is kept from the shell: the kernel's log
// (sepolicy: proc_kmsg), what the system keeps of its own (system_data_file) and
// the MAC address, from Android 10 (sysfs_net).
func (h *Handset) denied(path string) bool {
	switch path {
	case "/proc/kmsg":
		return true
	case "/sys/class/net/wlan0/address":
		return h.persona.SDK >= 29
	}
	return strings.HasPrefix(path, "/data/system/")
}

// Headings of the kernel's tables (net/ipv4/tcp_ipv4.c and its kin).
const (
	tcpHeading = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode                      " +
		"                               \n"
	tcp6Heading = "  sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when " +
		"retrnsmt   uid  timeout inode\n"
	udpHeading = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops    " +
		"         \n"
	udp6Heading = "  sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when " +
		"retrnsmt   uid  timeout inode ref pointer drops\n"
)

// socketTable prints /proc/net/tcp, which holds adbd's listener, or tcp6, where
// an app's connections stand: Java opens every socket as IPv6, with IPv4
// addresses mapped.
func (h *Handset) socketTable(six bool) []byte {
	defer h.RLock()()
	var b bytes.Buffer
	if !six {
		b.WriteString(tcpHeading)
		listen := netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 0, 0, 1}), 5037)
		none := netip.AddrPortFrom(netip.IPv4Unspecified(), 0)
		line := fmt.Sprintf("%4d: %s %s 0A 00000000:00000000 00:00000000 00000000 %5d        0 %d 1 0000000000000000 100 "+
			"0 0 10 0", 0, hexAddress4(listen), hexAddress4(none), 2000, 11482)
		fmt.Fprintf(&b, "%-149s\n", line)
		return b.Bytes()
	}
	b.WriteString(tcp6Heading)
	for i, s := range h.State.sockets {
		if s.waits { // get_timewait4_sock: it is nobody's any more
			fmt.Fprintf(&b, "%4d: %s %s 06 00000000:00000000 03:000004A6 00000000     0        0 0 3 "+
				"0000000000000000\n", i, hexAddress6(s.local), hexAddress6(s.remote))
			continue
		}
		fmt.Fprintf(&b, "%4d: %s %s 01 00000000:00000000 00:00000000 00000000 %5d        0 %d 1 0000000000000000 20 4 30 10 -1\n",
			i, hexAddress6(s.local), hexAddress6(s.remote), s.uid, s.inode)
	}
	return b.Bytes()
}

// qtaguid prints the byte counters of Android 9 and older (xt_qtaguid.c).
func (h *Handset) qtaguid() []byte {
	defer h.RLock()()
	var b bytes.Buffer
	b.WriteString("idx iface acct_tag_hex uid_tag_int cnt_set rx_bytes rx_packets tx_bytes tx_packets rx_tcp_bytes rx_tcp_packets " +
		"rx_udp_bytes rx_udp_packets rx_other_bytes rx_other_packets tx_tcp_bytes tx_tcp_packets tx_udp_bytes tx_udp_packets tx_other_bytes " +
		"tx_other_packets\n")
	kernel := int64(h.Number("qtaguid")%100000) + 1000 // the kernel's own, UID 0
	fmt.Fprintf(&b, "2 wlan0 0x0 0 0 %d 12 %d 8 0 0 0 0 %d 12 0 0 0 0 %d 8\n", kernel, kernel/2, kernel, kernel/2)
	keys, sum := h.State.TrafficTotals()
	for i, k := range keys {
		c := sum[k]
		fmt.Fprintf(&b, "%d wlan0 0x0 %d %d %d %d %d %d %d %d 0 0 0 0 %d %d 0 0 0 0\n",
			i+3, k.UID, k.Set, c.RxBytes, c.RxPackets, c.TxBytes, c.TxPackets, c.RxBytes, c.RxPackets, c.TxBytes, c.TxPackets)
	}
	return b.Bytes()
}

func (h *Handset) uptimeFile() []byte {
	up := h.Clock.Uptime().Seconds()
	return fmt.Appendf(nil, "%.2f %.2f\n", up, up*5.2)
}

// stateFile gives the maker of a file that stands for state. A replayed handset
// has none: what it recorded of them is answered by command.
func (h *Handset) stateFile(name string) (func() []byte, bool) {
	if h.replay != nil {
		return nil, false
	}
	return h.synthetic(name)
}
