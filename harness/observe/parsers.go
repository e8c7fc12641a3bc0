package observe

import (
	"assay/harness/observe/background"
	"assay/harness/observe/device"
	"assay/harness/observe/log"
	"assay/harness/observe/network"
	"assay/harness/observe/packages"
	"assay/harness/observe/printout"
	"assay/harness/observe/use"
)

// Parsers is every parser, sorted by source.
var Parsers = []printout.Parser{
	device.AndroidqfAcquisition,
	packages.AndroidqfPackages,
	background.AndroidqfProcesses,
	device.BuildProp,
	device.CAStore,
	device.Capabilities,
	device.DeviceConfig,
	use.DiscreteOps,
	device.Dumpstate,
	background.DumpsysAccessibility,
	device.DumpsysAccount,
	background.DumpsysActivityBroadcasts,
	background.DumpsysActivityServices,
	background.DumpsysAlarm,
	use.DumpsysAppops,
	use.DumpsysAudio,
	device.DumpsysBattery,
	network.DumpsysConnectivity,
	background.DumpsysDevicePolicy,
	background.DumpsysDeviceidle,
	background.DumpsysJobscheduler,
	use.DumpsysLocation,
	use.DumpsysMediaCamera,
	packages.DumpsysPackage,
	packages.DumpsysPackageCheckin,
	packages.DumpsysRole,
	device.DumpsysSensorPrivacy,
	use.DumpsysSensorservice,
	use.DumpsysUsagestats,
	packages.ExportedComponents,
	device.Getprop,
	packages.HubblePackages,
	device.Identifiers,
	log.Logcat,
	log.LogcatBinary,
	log.LogcatStatistics,
	packages.ManifestReceivers,
	network.Netstats,
	packages.PackageDetail,
	packages.PermissionList,
	packages.PermissionXML,
	packages.PmList,
	packages.PrivappPermissions,
	network.ProcNet,
	background.Ps,
	network.Qtaguid,
	packages.RoleHolders,
	device.Screenshot,
	device.Settings,
	device.Steps,
	packages.Transparency,
	device.UIHierarchy,
}
