package collect

// procNet samples the kernel's socket tables, which name the UID of each socket
// (net/ipv4/tcp_ipv4.c, get_tcp4_sock). The shell may read them on every release
// (sepolicy: proc_net up to Android 9, proc_net_tcp_udp from 10). Flows shorter
// than the sampling period are missed.
var procNet = Collector{
	Name:  "proc-net",
	When:  Sample,
	Forms: []Form{{Script: `for f in tcp tcp6 udp udp6; do echo "@@ /proc/net/$f $(date +%s)"; cat /proc/net/$f 2>&1; done; true`}},
}

// netstats: service-t NetworkStatsService.dump. Live counters stand in it from
// Android 13 (BPF map content); from 10 to 12 only the history's two-hour buckets.
var netstats = Collector{
	Name:  "netstats",
	When:  Before | After,
	Needs: []Need{{"service", "netstats"}},
	Forms: []Form{
		{From: 33, Argv: []string{"dumpsys", "netstats"}},
		{From: 29, Argv: []string{"dumpsys", "netstats", "--full", "--uid", "--poll"}},
	},
	Whole: endsWithNewline,
}

// qtaguid: the kernel module xt_qtaguid, up to Android 9.
var qtaguid = Collector{
	Name:  "qtaguid",
	When:  Before | After,
	Needs: []Need{{"file", "/proc/net/xt_qtaguid/stats"}},
	Forms: []Form{{From: 21, To: 28, Argv: []string{"cat", "/proc/net/xt_qtaguid/stats"}}},
	Whole: endsWithNewline,
}
