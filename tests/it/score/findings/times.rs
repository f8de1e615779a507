//! When follow-ups come.

use canvass::score::findings::times::grid;

use super::Random;

#[test]
fn neighbouring_hours_make_one_peak() {
    let mut places = vec![(0, 0); 24];
    for place in &mut places[8..20] {
        *place = (100, 8);
    }
    places[9] = (100, 35);
    places[10] = (100, 33);
    places[3] = (5, 5);
    let (looked, peaks) = grid("hour", &places, (10, 2.0));
    assert_eq!(looked, 12, "an hour with five answers is not looked at");
    let [peak] = &peaks[..] else { panic!("{peaks:?}") };
    assert_eq!((peak.from, peak.to, peak.cases, peak.answers), (9, 11, 68, 200));
    let expected = 2.0 * (10.0 * 8.0 + 35.0 + 33.0) / 12.0;
    assert!((peak.expected - expected).abs() < 1e-9, "{peak:?}");
}

#[test]
fn a_quiet_hour_is_no_peak_and_many_answers_alone_are_none() {
    let mut places = vec![(100, 10); 24];
    places[12] = (1000, 100);
    places[14] = (200, 0);
    assert_eq!(grid("hour", &places, (10, 2.0)).1, []);
    assert_eq!(grid("hour", &[(0, 0); 24], (10, 2.0)), (0, vec![]));
    assert_eq!(grid("hour", &[(50, 50)], (10, 2.0)), (0, vec![]));
}

#[test]
fn on_noise_peaks_are_rare() {
    let mut random = Random(77);
    let runs = 600;
    let mut alarms = 0;
    for _ in 0..runs {
        let mut places = |k: usize| -> Vec<(u64, u64)> {
            let place = |_| {
                let n = 20 + random.below(80) as u64;
                (n, (0..n).filter(|_| random.uniform() < 0.2).count() as u64)
            };
            (0..k).map(place).collect()
        };
        let (hours, days) = (places(14), places(7));
        let none =
            grid("hour", &hours, (10, 2.0)).1.is_empty() && grid("weekday", &days, (10, 2.0)).1.is_empty();
        alarms += u32::from(!none);
    }
    println!("{alarms} of {runs} on noise");
    assert!(alarms <= 46, "{alarms} of {runs}");
}
