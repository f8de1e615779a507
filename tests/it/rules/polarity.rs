//! Labels are read in both languages: sign, degree, and what is not understood.

use canvass::model::rule::polarity::{direction, idea, pole, poles};

fn value(label: &str) -> Option<f64> {
    pole(label).map(|p| f64::from(p.sign) * p.degree)
}

#[test]
fn labels_of_both_languages_lie_on_one_line() {
    for ladder in [
        vec![
            "Very dissatisfied",
            "Dissatisfied",
            "Somewhat dissatisfied",
            "Neutral",
            "Somewhat satisfied",
            "Satisfied",
            "Very satisfied",
        ],
        vec!["非常不满意", "不满意", "不太满意", "一般", "比较满意", "满意", "非常满意"],
        vec![
            "Strongly disagree",
            "Disagree",
            "Slightly disagree",
            "Neither agree nor disagree",
            "Slightly agree",
            "Agree",
            "Strongly agree",
        ],
        vec!["完全不同意", "不同意", "有点不同意", "既不同意也不反对", "有点同意", "同意", "完全同意"],
        vec![
            "Extremely difficult",
            "Very difficult",
            "Difficult",
            "OK",
            "Easy",
            "Very easy",
            "Extremely easy",
        ],
        vec!["很差", "差", "较差", "一般", "较好", "好", "很好"],
        vec!["Not likely at all", "Unlikely", "Undecided", "Likely", "Very likely"],
        vec![
            "1 – Much worse",
            "2 – Somewhat worse",
            "3 – About the same",
            "4 – Somewhat better",
            "5 – Much better",
        ],
    ] {
        let values: Vec<f64> = ladder.iter().map(|l| value(l).unwrap_or_else(|| panic!("{l}"))).collect();
        assert!(values.is_sorted(), "{ladder:?}: {values:?}");
        let read = poles(ladder.iter().copied());
        assert_eq!(direction(&read), Some(1), "{ladder:?}");
        assert!(idea(&read).is_some(), "{ladder:?}");
    }
}

#[test]
fn negation_turns_a_label_round_and_fixed_words_keep_it() {
    for (label, sign) in [
        ("不满意", -1),
        ("非常不满意", -1),
        ("不错", 1),
        ("不容易", -1),
        ("不困难", 1),
        ("not very satisfied", -1),
        ("Not at all satisfied", -1),
        ("没有帮助", -1),
        ("有帮助", 1),
        ("既不满意也不失望", 0),
        ("Neither satisfied nor dissatisfied", 0),
        ("一般", 0),
    ] {
        assert_eq!(pole(label).map(|p| p.sign), Some(sign), "{label}");
    }
    assert!(pole("Not at all important").unwrap().none);
    assert!(!pole("Not very important").unwrap().none);
}

#[test]
fn what_is_no_point_of_a_scale_is_not_read() {
    for label in [
        "电话",
        "By phone",
        "Sometimes",
        "满意度调查",
        "价格好但服务差的商品",
        "Good service and easy parking",
        "3-5 times",
        "",
    ] {
        assert_eq!(pole(label), None, "{label}");
    }
}

/// A question says for which end it asks; whoever asks for both, or asks for neither, says nothing.
#[test]
fn questions_lean_to_the_end_that_they_name() {
    for (text, ends) in [
        ("How satisfied are you with the delivery?", vec![("satisfaction", 1)]),
        ("What are you least satisfied with?", vec![("satisfaction", -1)]),
        ("How difficult was it to order?", vec![("ease", -1)]),
        ("How easy or difficult was it to order?", vec![]),
        ("Why weren't you satisfied?", vec![("satisfaction", -1)]),
        ("When did you order?", vec![]),
        ("您对配送有多满意？", vec![("satisfaction", 1)]),
        ("您最不满意的是什么？", vec![("satisfaction", -1)]),
        ("您对配送满不满意？", vec![]),
        ("您是不是同意这种做法？", vec![("agreement", 1)]),
        ("下单容易还是困难？", vec![]),
        ("下单有多困难？", vec![("ease", -1)]),
    ] {
        let read: Vec<(&str, i8)> = canvass::model::rule::polarity::leaning(text).into_iter().collect();
        assert_eq!(read, ends, "{text}");
    }
}
