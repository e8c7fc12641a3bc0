package collect

// identifiers asks the handset for its own identifiers, so that they can be
// looked for in its log. Each answer stands below a line "@@ type command";
// what the handset refuses says so in its place, and stays unknown.
// IPhoneSubInfo's first transaction is getDeviceId in every release; from
// Android 11 it wants the caller's package, and from 10 a privileged permission
// that the shell holds.
var identifiers = Collector{
	Name: "identifiers",
	When: Baseline,
	Forms: []Form{
		{
			From:   30,
			Script: `{ ` + ownIdentifiers + `echo "@@ imei service call iphonesubinfo 1"; service call iphonesubinfo 1 s16 com.android.shell; } 2>&1; echo "@@ end"`,
		},
		{From: 21, Script: `{ ` + ownIdentifiers + `echo "@@ imei service call iphonesubinfo 1"; service call iphonesubinfo 1; ` +
			`echo "@@ imei dumpsys iphonesubinfo"; dumpsys iphonesubinfo; echo; } 2>&1; echo "@@ end"`},
	},
}

const ownIdentifiers = `echo "@@ serial getprop ro.serialno"; getprop ro.serialno; ` +
	`echo "@@ serial getprop ro.boot.serialno"; getprop ro.boot.serialno; ` +
	`echo "@@ android_id settings get secure android_id"; settings get --user 0 secure android_id; ` +
	`echo "@@ mac cat /sys/class/net/wlan0/address"; cat /sys/class/net/wlan0/address; ` +
	`echo "@@ mac getprop ro.boot.wifimacaddr"; getprop ro.boot.wifimacaddr; ` +
	// The table of SIM cards has the number only where the card or its owner says it.
	`echo "@@ number content query siminfo"; content query --uri content://telephony/siminfo --projection number; ` +
	`echo "@@ iccid content query siminfo"; content query --uri content://telephony/siminfo --projection icc_id; `
