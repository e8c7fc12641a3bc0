package dumpsys

import (
	"fmt"
	"io"

	"assay/harness/virtual/phone"
)

// dumpConnectivity prints dumpsys connectivity (ConnectivityService.dump) of a
// handset in the lab's Wi-Fi: the network, and the request of the platform's own
// that keeps it. Specimens open sockets on the default network and ask for none.
func dumpConnectivity(h *phone.Handset, w io.Writer, _ []string) {
	sdk := h.SDK()
	switch {
	case sdk < 30:
		fmt.Fprint(w, "NetworkFactories for: WIFI TelephonyNetworkFactory[0]\n")
	default:
		fmt.Fprint(w, "NetworkProviders for:\n  1: WifiNetworkFactory\n  2: TelephonyNetworkFactory[0]\n")
	}
	fmt.Fprint(w, "\nActive default network: 100\n\n")
	if sdk >= 31 {
		fmt.Fprint(w, "Current network preferences: \n  Default requests:\n\n")
	}
	fmt.Fprint(w, "Current Networks:\n")
	request := platformRequest(sdk)
	fmt.Fprintf(w, "  %s\n", networkAgent(h))
	if sdk >= 24 {
		fmt.Fprintf(w, "    Requests: REQUEST:1 LISTEN:0 BACKGROUND_REQUEST:0 total:1\n      %s\n", request)
		if sdk >= 31 {
			fmt.Fprint(w, "    Inactivity Timers:\n")
		} else {
			fmt.Fprint(w, "    Lingered:\n")
		}
	} else {
		fmt.Fprintf(w, "    Requests:\n      %s\n    Lingered:\n", request)
	}
	fmt.Fprintln(w)
	if sdk >= 24 && sdk < 31 {
		fmt.Fprint(w, "Restrict background: false\n\n")
	}
	if sdk >= 24 {
		fmt.Fprint(w, "Status for known UIDs:\n  \n")
	}
	pid := h.SystemServerPID()
	fmt.Fprint(w, "Network Requests:\n")
	switch {
	case sdk < 24:
		fmt.Fprintf(w, "  Request from uid/pid:1000/%d for %s\n", pid, request)
	case sdk < 31:
		fmt.Fprintf(w, "  uid/pid:1000/%d %s\n", pid, request)
	default:
		fmt.Fprintf(w, "  uid/pid:1000/%d activeRequest: 1 callbackRequest: 1 [%s] callback flags: 1 order: 2147483647\n", pid, request)
	}
	fmt.Fprint(w, "  \n")
	fmt.Fprint(w, "mLegacyTypeTracker:\n  Supported types: 0 1 2 3 5 10 11 12 14 15 17\n  Current state:\n"+
		"    1 NetworkAgentInfo [WIFI () - 100] CONNECTED/CONNECTED\n\n")
}

// platformRequest is the request by which the platform keeps a network.
func platformRequest(sdk int) string {
	switch {
	case sdk < 24:
		return "NetworkRequest [ id=1, legacyType=-1, [ Capabilities: INTERNET&NOT_RESTRICTED&TRUSTED&NOT_VPN] ]"
	case sdk == 28:
		return "NetworkRequest [ REQUEST id=1, [ Capabilities: INTERNET&NOT_RESTRICTED&TRUSTED&NOT_VPN Unwanted: ] ]"
	case sdk < 30:
		return "NetworkRequest [ REQUEST id=1, [ Capabilities: INTERNET&NOT_RESTRICTED&TRUSTED&NOT_VPN] ]"
	case sdk == 30:
		return "NetworkRequest [ REQUEST id=1, [ Capabilities: INTERNET&NOT_RESTRICTED&TRUSTED&NOT_VPN RequestorUid: 1000 RequestorPkg: " +
			"android] ]"
	}
	return "NetworkRequest [ REQUEST id=1, [ Capabilities: INTERNET&NOT_RESTRICTED&TRUSTED&NOT_VPN&NOT_VCN_MANAGED RequestorUid: 1000 " +
		"RequestorPkg: android UnderlyingNetworks: Null] ]"
}

// networkAgent is the lab's Wi-Fi.
func networkAgent(h *phone.Handset) string {
	link := fmt.Sprintf("lp{{InterfaceName: wlan0 LinkAddresses: [%s/24]  Routes: [0.0.0.0/0 -> 192.168.0.1 wlan0] DnsAddresses: "+
		"[192.168.0.1] Domains: null MTU: 0}}", h.WLANAddress())
	capabilities := "nc{[ Transports: WIFI Capabilities: INTERNET&NOT_RESTRICTED&TRUSTED&NOT_VPN&VALIDATED LinkUpBandwidth>=1048576Kbps " +
		"LinkDnBandwidth>=1048576Kbps]}"
	if h.SDK() >= 31 {
		return fmt.Sprintf("NetworkAgentInfo{network{100}  handle{432902426637}  ni{WIFI CONNECTED extra: } created=%s Score(Policies : "+
			"EVER_EVALUATED&EVER_VALIDATED&IS_VALIDATED ; KeepConnected : 0)  %s  %s}",
			h.BootTime().UTC().Format("2006-01-02T15:04:05.000Z"), link, capabilities)
	}
	return fmt.Sprintf("NetworkAgentInfo{ ni{[type: WIFI[], state: CONNECTED/CONNECTED, reason: (unspecified), extra: (none), failover: "+
		"false, available: true, roaming: false]}  network{100}  nethandle{432902426637}  %s  %s  Score{60}  everValidated{true}  "+
		"lastValidated{true} }",
		link, capabilities)
}
