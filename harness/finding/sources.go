package finding

// Sources that rules need, by their collectors' names.
const (
	properties  = "getprop"
	packageDump = "dumpsys-package"
	detailDump  = "package-detail"
	answering   = "exported-components"
	appOps      = "dumpsys-appops"
	logStream   = "logcat"
	ownValues   = "identifiers"
	sockets     = "proc-net"
	liveBytes   = "netstats"
	oldBytes    = "qtaguid"
)
