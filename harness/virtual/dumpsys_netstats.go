package virtual

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
)

// dumpNetStats prints dumpsys netstats: history of the interface, with --uid that
// of UIDs in buckets of two hours, and from Android 13 the live counters of the
// kernel's maps (NetworkStatsService.dump, NetworkStatsCollection.dump).
func dumpNetStats(h *PhoneHandset, w io.Writer, args []string) {
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
		fmt.Fprint(w, "Directory:\n  /data/misc/apexdata/com.android.tethering/netstats\nConfigs:\n  netstats_combine_subtype_enabled=false \n  netstats_store_files_in_apexdata=true \n")
	}
	fmt.Fprintf(w, "Active interfaces:\n  iface=wlan0 ident=[%s] \nActive UID interfaces:\n  iface=wlan0 ident=[%s] \n", ident, ident)
	fmt.Fprint(w, "Dev stats:\n  Pending bytes: 0\n  History since boot:\nXt stats:\n  Pending bytes: 0\n  History since boot:\n")
	h.history(w, ident, func(trafficKey) (int, string) { return -1, "ALL" })
	if uid {
		fmt.Fprint(w, "UID stats:\n  Pending bytes: 0\n  Complete history:\n")
		h.history(w, ident, func(k trafficKey) (int, string) {
			if k.set == 1 {
				return k.uid, "FOREGROUND"
			}
			return k.uid, "DEFAULT"
		})
		fmt.Fprint(w, "UID tag stats:\n  Pending bytes: 0\n  Complete history:\n")
	}
	if sdk >= 33 {
		h.bpfMaps(w)
	}
}

// history prints byte counters in buckets, grouped by what of gives.
func (h *PhoneHandset) history(w io.Writer, ident string, of func(trafficKey) (uid int, set string)) {
	type group struct {
		uid int
		set string
	}
	buckets := map[group]map[int64]*counter{}
	for k, c := range h.state.traffic {
		uid, set := of(k)
		g := group{uid, set}
		if buckets[g] == nil {
			buckets[g] = map[int64]*counter{}
		}
		if buckets[g][k.hour] == nil {
			buckets[g][k.hour] = &counter{}
		}
		buckets[g][k.hour].add(*c)
	}
	groups := slices.SortedFunc(maps.Keys(buckets), func(a, b group) int { return cmp.Or(a.uid-b.uid, strings.Compare(a.set, b.set)) })
	scale := int64(1)
	if h.SDK() < 23 { // milliseconds before Android 6
		scale = 1000
	}
	for _, g := range groups {
		fmt.Fprintf(w, "  ident=[%s] uid=%d set=%s tag=0x0\n    NetworkStatsHistory: bucketDuration=%d\n", ident, g.uid, g.set, int64(bucket.Seconds())*scale)
		for _, at := range slices.Sorted(maps.Keys(buckets[g])) {
			c := buckets[g][at]
			fmt.Fprintf(w, "      st=%d rb=%d rp=%d tb=%d tp=%d op=0\n", at*scale, c.rxBytes, c.rxPackets, c.txBytes, c.txPackets)
		}
	}
}

// bpfMaps prints the kernel's counters (packages/modules/Connectivity,
// NetworkStatsService.dumpAppUidStatsMapLocked and its kin).
func (h *PhoneHandset) bpfMaps(w io.Writer) {
	fmt.Fprint(w, "\nBPF map status:\n  mCookieTagMap: OK\n  mUidCounterSetMap: OK\n  mAppUidStatsMap: OK\n  mStatsMapA: OK\n  mStatsMapB: OK\n  mIfaceStatsMap: OK\n")
	fmt.Fprint(w, "\nBPF map content:\n  mCookieTagMap:\n  mUidCounterSetMap:\n  mAppUidStatsMap:\n    uid rxBytes rxPackets txBytes txPackets\n")
	keys, sum := h.state.totals()
	both := map[int]counter{}
	for _, k := range keys {
		t := both[k.uid]
		t.add(sum[k])
		both[k.uid] = t
	}
	for _, uid := range slices.Sorted(maps.Keys(both)) {
		c := both[uid]
		fmt.Fprintf(w, "    %d %d %d %d %d\n", uid, c.rxBytes, c.rxPackets, c.txBytes, c.txPackets)
	}
	fmt.Fprint(w, "  mStatsMapA:\n    ifaceIndex ifaceName tag_hex uid_int cnt_set rxBytes rxPackets txBytes txPackets\n")
	for _, k := range keys {
		c := sum[k]
		fmt.Fprintf(w, "    16 wlan0 0x0 %d %d %d %d %d %d\n", k.uid, k.set, c.rxBytes, c.rxPackets, c.txBytes, c.txPackets)
	}
	fmt.Fprint(w, "  mStatsMapB:\n    ifaceIndex ifaceName tag_hex uid_int cnt_set rxBytes rxPackets txBytes txPackets\n")
}
