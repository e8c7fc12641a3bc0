package dumpsys

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"assay/harness/virtual/phone"
)

// dumpNetStats prints dumpsys netstats: history of the interface, with --uid that
// of UIDs in buckets of two hours, and from Android 13 the live counters of the
// kernel's maps (NetworkStatsService.dump, NetworkStatsCollection.dump).
func dumpNetStats(h *phone.Handset, w io.Writer, args []string) {
	sdk := h.SDK()
	if slices.Contains(args, "--checkin") {
		fmt.Fprint(w, "v1,")
		fmt.Fprintf(w, "%d\n", h.SwitchedOn().Unix())
		return
	}
	uid := slices.Contains(args, "--uid") || slices.Contains(args, "detail") || slices.Contains(args, "--full")
	ident := `{type=WIFI, subType=COMBINED, networkId="lab"` + map[bool]string{true: ", metered=false", false: ""}[sdk >= 24] + `}`
	switch {
	case sdk >= 33:
		ident = `{type=1, ratType=COMBINED, wifiNetworkKey="lab"wpa2-psk, metered=false, defaultNetwork=true, oemManaged=OEM_NONE, subId=-1}`
	case sdk >= 31:
		ident = `{type=1, ratType=COMBINED, networkId="lab", metered=false, defaultNetwork=true, oemManaged=OEM_NONE}`
	case sdk >= 28:
		ident = `{type=WIFI, subType=COMBINED, networkId="lab", metered=false, defaultNetwork=true}`
	}
	if sdk >= 33 {
		fmt.Fprint(w, "Directory:\n  /data/misc/apexdata/com.android.tethering/netstats\nConfigs:\n"+
			"  netstats_combine_subtype_enabled=false \n  netstats_store_files_in_apexdata=true \n")
	}
	fmt.Fprintf(w, "Active interfaces:\n  iface=wlan0 ident=[%s] \nActive UID interfaces:\n  iface=wlan0 ident=[%s] \n", ident, ident)
	fmt.Fprint(w, "Dev stats:\n  Pending bytes: 0\n  History since boot:\nXt stats:\n  Pending bytes: 0\n  History since boot:\n")
	history(h, w, ident, func(phone.TrafficKey) (int, string) { return -1, "ALL" })
	if uid {
		fmt.Fprint(w, "UID stats:\n  Pending bytes: 0\n  Complete history:\n")
		history(h, w, ident, func(k phone.TrafficKey) (int, string) {
			if k.Set == 1 {
				return k.UID, "FOREGROUND"
			}
			return k.UID, "DEFAULT"
		})
		fmt.Fprint(w, "UID tag stats:\n  Pending bytes: 0\n  Complete history:\n")
	}
	if sdk >= 33 {
		bpfMaps(h, w)
	}
}

// history prints byte counters in buckets, grouped by what of gives.
func history(h *phone.Handset, w io.Writer, ident string, of func(phone.TrafficKey) (uid int, set string)) {
	type group struct {
		uid int
		set string
	}
	buckets := map[group]map[int64]*phone.Counter{}
	for k, c := range h.State.Traffic {
		uid, set := of(k)
		g := group{uid, set}
		if buckets[g] == nil {
			buckets[g] = map[int64]*phone.Counter{}
		}
		if buckets[g][k.Hour] == nil {
			buckets[g][k.Hour] = &phone.Counter{}
		}
		buckets[g][k.Hour].Add(*c)
	}
	groups := slices.SortedFunc(maps.Keys(buckets), func(a, b group) int { return cmp.Or(a.uid-b.uid, strings.Compare(a.set, b.set)) })
	scale := int64(1)
	if h.SDK() < 23 { // milliseconds before Android 6
		scale = 1000
	}
	for _, g := range groups {
		fmt.Fprintf(w, "  ident=[%s] uid=%d set=%s tag=0x0\n"+
			"    NetworkStatsHistory: bucketDuration=%d\n", ident, g.uid, g.set, int64(phone.TrafficBucket.Seconds())*scale)
		for _, at := range slices.Sorted(maps.Keys(buckets[g])) {
			c := buckets[g][at]
			fmt.Fprintf(w, "      st=%d rb=%d rp=%d tb=%d tp=%d op=0\n", at*scale, c.RxBytes, c.RxPackets, c.TxBytes, c.TxPackets)
		}
	}
}

// bpfMaps prints the kernel's counters (packages/modules/Connectivity,
// NetworkStatsService.dumpAppUidStatsMapLocked and its kin).
func bpfMaps(h *phone.Handset, w io.Writer) {
	fmt.Fprint(w, "\nBPF map status:\n  mCookieTagMap: OK\n  mUidCounterSetMap: OK\n  mAppUidStatsMap: OK\n  mStatsMapA: OK\n"+
		"  mStatsMapB: OK\n  mIfaceStatsMap: OK\n")
	fmt.Fprint(w, "\nBPF map content:\n  mCookieTagMap:\n  mUidCounterSetMap:\n  mAppUidStatsMap:\n"+
		"    uid rxBytes rxPackets txBytes txPackets\n")
	keys, sum := h.State.TrafficTotals()
	both := map[int]phone.Counter{}
	for _, k := range keys {
		t := both[k.UID]
		t.Add(sum[k])
		both[k.UID] = t
	}
	for _, uid := range slices.Sorted(maps.Keys(both)) {
		c := both[uid]
		fmt.Fprintf(w, "    %d %d %d %d %d\n", uid, c.RxBytes, c.RxPackets, c.TxBytes, c.TxPackets)
	}
	fmt.Fprint(w, "  mStatsMapA:\n    ifaceIndex ifaceName tag_hex uid_int cnt_set rxBytes rxPackets txBytes txPackets\n")
	for _, k := range keys {
		c := sum[k]
		fmt.Fprintf(w, "    16 wlan0 0x0 %d %d %d %d %d %d\n", k.UID, k.Set, c.RxBytes, c.RxPackets, c.TxBytes, c.TxPackets)
	}
	fmt.Fprint(w, "  mStatsMapB:\n    ifaceIndex ifaceName tag_hex uid_int cnt_set rxBytes rxPackets txBytes txPackets\n")
}
