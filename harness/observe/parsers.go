package observe

// Parsers is every parser, by source. One file a source.
var Parsers = []Parser{
	dumpsysAppops,
	dumpsysPackage,
	getprop,
	logcat,
	packageDetail,
	pmList,
}
