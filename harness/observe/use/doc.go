// Package use reads what apps did with what belongs to the owner: places, sounds, pictures,
// sensors, and the hours at which they were in use.
//
// [DumpsysAppops] is the main source: when each package last used an app-op, and what the op
// is set to. From Android 12 [DiscreteOps] has a timeline of uses. The services that hand
// something over keep records of their own: [DumpsysLocation], [DumpsysAudio],
// [DumpsysMediaCamera], [DumpsysSensorservice]. [DumpsysUsagestats] says when an app was in
// front, which tells a use that the owner saw from one that nobody saw.
package use
