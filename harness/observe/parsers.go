package observe

// Parsers is every parser, by source. One file a source.
var Parsers = []Parser{
	discreteOps,
	dumpsysActivityServices,
	dumpsysAlarm,
	dumpsysAppops,
	dumpsysBattery,
	dumpsysJobscheduler,
	dumpsysLocation,
	dumpsysMediaCamera,
	dumpsysPackage,
	dumpsysRole,
	dumpsysSensorservice,
	dumpsysUsagestats,
	getprop,
	identifiers,
	logcat,
	netstats,
	packageDetail,
	pmList,
	procNet,
	ps,
	qtaguid,
	roleHolders,
	settings,
	steps,
}
