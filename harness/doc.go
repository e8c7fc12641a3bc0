// Package harness is the house of assay: it tells a device lab what the apps
// that come preinstalled on a handset do with its owner's data.
//
// devices.yaml names the handsets; farm matches them with what adb shows and
// leases one at a time; scenario plays steps on it while collect records what
// it prints into an evidence bundle on disk. Left of the disk, code talks to
// handsets and interprets nothing. Right of it, code is a pure function of
// bytes: ledger reads what the run was, observe reads facts, leak and finding
// hold them to claims, judge goes through all of it, reports tabulates.
//
// Who may import whom (a test holds the code to this table; a/{b,c} is a/b and a/c):
//
//	android            nothing of ours
//	strict             nothing of ours
//	baseline           android
//	adb                android
//	evidence           android
//	ledger             android, evidence
//	obstacle           android, strict
//	scenario           android, strict, obstacle
//	farm               android, adb
//	collect            android, evidence
//	observe/fact       android, evidence
//	observe/printout   android, evidence, observe/fact
//	observe/background android, evidence, observe/{fact,printout}
//	observe/device     android, evidence, observe/{fact,printout}
//	observe/log        android, evidence, observe/{fact,printout}
//	observe/network    android, observe/{fact,printout}
//	observe/packages   android, evidence, observe/{fact,printout}
//	observe/use        android, observe/{fact,printout}
//	observe            android, evidence, observe/{background,device,fact,log,network,packages,printout,use}
//	observe/loss       evidence, observe, observe/{fact,log,printout}
//	leak               android, evidence
//	finding            android, evidence, baseline, observe/{fact,printout}, leak
//	judge              android, evidence, ledger, observe, observe/{fact,loss,printout}, leak, finding
//	virtual/persona    strict
//	virtual/disk       nothing of ours
//	virtual/sh         virtual/disk
//	virtual/toolbox    virtual/{disk,sh}
//	virtual/fault      virtual/{persona,disk,sh}
//	virtual/replay     virtual/{persona,disk,sh}
//	virtual/phone      virtual/{persona,disk,sh,fault}
//	virtual/dumpsys    virtual/{persona,phone}
//	virtual/command    virtual/{persona,disk,sh,phone,dumpsys}
//	virtual/wire       nothing of ours
//	virtual/face       virtual/{disk,sh,fault,wire}
//	virtual            virtual/{persona,toolbox,replay,phone,command,face}
//	intake             android, evidence
//	lab/schedule       evidence, ledger
//	lab/logstream      collect, evidence, observe, observe/{fact,loss,printout}
//	lab                all of harness but virtual, judge
//	scenarios          nothing of ours
//	reports            android, evidence, observe/fact, finding
//	cmd/assay          all of harness, reports, scenarios
//
// No way leads from judge to adb, farm or lab: what talks to handsets and what judges
// what they said share nothing but what is on disk. Nor does virtual see android: two
// that share words would err together.
//
// gadb is imported in adb alone, viper in cmd alone, tablewriter in reports and
// cmd alone, testify in tests alone.
package harness
