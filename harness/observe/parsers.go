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
	dumpsysSensorservice,
	getprop,
	identifiers,
	logcat,
	netstats,
	packageDetail,
	pmList,
	procNet,
	ps,
	qtaguid,
	settings,
	steps,
}
