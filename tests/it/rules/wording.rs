//! Wording rules as functions of texts: what each speaks on, and above all what it lets through.

use canvass::model::rule::wording::stem::Stem;
use canvass::model::rule::wording::{
    Answer, Hit, Language, Prompt, absolute, double_barrelled, double_negation, hypothetical, jargon,
    leading, loaded_words, long_stem, negation, presupposition, recall_burden, reference_period, sensitive,
    vague_frequency,
};

type Find = fn(&Stem) -> Vec<Hit>;

/// All of them under short names.
const ALL: [(&str, Find); 14] = [
    ("double", double_barrelled::find),
    ("leading", leading::find),
    ("loaded", loaded_words::find),
    ("not", negation::find),
    ("notnot", double_negation::find),
    ("vague", vague_frequency::find),
    ("period", reference_period::find),
    ("absolute", absolute::find),
    ("presumes", presupposition::find),
    ("if", hypothetical::find),
    ("jargon", jargon::find),
    ("long", long_stem::find),
    ("recall", recall_burden::find),
    ("sensitive", sensitive::find),
];

/// Reads `kind | text | label, label` and returns the text with what is found in it: name and words.
pub fn judge(line: &str) -> (String, Vec<(&'static str, String)>) {
    let mut cells = line.split('|').map(str::trim);
    let (kind, text) = (cells.next().unwrap(), cells.next().unwrap());
    let agree = ["Strongly disagree", "Disagree", "Agree", "Strongly agree"];
    let labels: Vec<&str> = match kind {
        "agree" => agree.to_vec(),
        "sat" if line.matches('|').count() == 1 => vec!["Very satisfied", "Satisfied", "Dissatisfied"],
        _ => cells.next().map(|l| l.split(',').map(str::trim).collect()).unwrap_or_default(),
    };
    let answer = match kind {
        "scale" | "agree" | "sat" => Answer::Scale,
        "row" => Answer::Row,
        "one" => Answer::One,
        "many" => Answer::Many,
        "yes" => Answer::YesNo,
        "number" => Answer::Number,
        "words" => Answer::Words,
        "fixed" => Answer::Instrument,
        other => panic!("{other}: {line}"),
    };
    let chinese = text.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
    let language = if chinese { Language::Chinese } else { Language::English };
    let stem = Stem::new(Prompt::new(text, language, answer).labels(&labels));
    let found = ALL.iter().flat_map(|(name, find)| {
        find(&stem).into_iter().map(|hit| (*name, text[hit.range].to_owned())).collect::<Vec<_>>()
    });
    (text.to_owned(), found.collect())
}

/// Checks lines of `name: words <- kind | text`; nothing before the arrow means silence.
fn check(table: &str) {
    let mut faults = Vec::new();
    for line in table.lines().map(str::trim).filter(|l| !l.is_empty()) {
        let (wanted, line) = line.split_once("<-").unwrap_or(("", line));
        let (text, found) = judge(line);
        let shown: Vec<String> = found.iter().map(|(name, words)| format!("{name}: {words}")).collect();
        if shown.join("; ") != wanted.trim() {
            faults.push(format!("{text}\n  wanted {}\n  found  {}", wanted.trim(), shown.join("; ")));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn two_things_in_english() {
    check(
        "double: quality and price <- scale | How satisfied are you with the quality and price of the parts?
         double: quality and delivery <- scale | Please rate the price, quality and delivery of the parts.
         double: food and the speed <- scale | How satisfied were you with the quality of the food and the speed of the kitchen?
         double: friendly and knowledgeable <- yes | Was the fitter friendly and knowledgeable?
         double: and resolve <- yes | Did the agent listen to you and resolve the matter?
         double: interesting and relevant <- agree | The course was interesting and relevant to my job.
         double: and gives <- agree | My manager listens to me and gives me advice.
         double: and it <- agree | The shop is near and it is easy to find.
         double: Speed and accuracy <- row | Speed and accuracy
         double: delivery and customer support <- one | How satisfied are you with our delivery and customer support? | Very satisfied, Satisfied, Dissatisfied
         double: house and garden <- scale | How satisfied are you with your house and garden?
         double: personal and professional <- agree | There are chances for personal and professional growth.
         double: and must <- agree | Visitors get a pass and must wear it.
         double: and did <- yes | Was it delivered on time and did it work?
         double: and answered <- agree | The trainer explained the method and answered my questions.
         double: and why <- scale | How satisfied are you with us, and why?
         double: website as well as our app <- scale | How satisfied are you with our website as well as our app?
         double: price or quality <- scale | How satisfied are you with the price or quality of the parts?",
    );
}

#[test]
fn one_thing_in_english() {
    check(
        "fixed | How likely are you to recommend us to a friend or colleague?
         scale | How easy or difficult was it to find what you were looking for?
         scale | How satisfied are you with the balance between your work and private life?
         scale | When you last came in and paid, how satisfied were you with the service?
         scale | How satisfied were you with the service when you came in and paid?
         scale | How clear are our terms and conditions?
         scale | How would you rate the range of products and services?
         scale | How satisfied are you with the way orders are taken and handled?
         loaded: friendly and helpful <- scale | How satisfied are you with our friendly and helpful staff?
         scale | How satisfied are you with your friends and family?
         scale | How easy was it to compare prices and features?
         scale | How clear was the information about prices and delivery?
         scale | How satisfied are you with the design and layout of the website?
         yes | Did you apply for and receive the benefit?
         yes | Do you know what to do and where to go?
         agree | I was shown how to use it and when to stop.
         agree | I know what I can and should do.
         scale | How would you rate the “Quality and Service” campaign?
         yes | Have you read and understood the notice?
         yes | Do you work in research and development?
         yes | Did a doctor or nurse explain what to do?
         yes | Do you or anyone in your household own a boat?
         yes | Would you like to receive information and advice?
         agree | The staff were polite and courteous.
         agree | I have the tools and equipment I need.
         one | Which matters more to you, price or quality? | Price, Quality
         many | Which of price and quality matter to you? | Price, Quality
         words | What do you think of our price and quality?
         row | Food and drink
         row | Health and safety
         row | Safety and security",
    );
}

#[test]
fn two_things_in_chinese() {
    check(
        "double: 服务态度和响应速度 <- scale | 您对我们的服务态度和响应速度是否满意？
         double: 质量、价格 <- scale | 您对配件的质量、价格及供货有多满意？
         double: 产品和服务 <- scale | 请对我们的产品和服务进行打分
         double: 礼貌、专业 <- yes | 客服人员是否礼貌、专业？
         double: 既专业又 <- agree | 我认为师傅既专业又有耐心。
         double: 不仅功能齐全，而且 <- agree | 该应用不仅功能齐全，而且操作简单。
         double: 并 <- yes | 客服是否耐心倾听并解决了您的问题？
         double: 质量和客服人员的态度 <- scale | 您对产品质量和客服人员的态度满意吗？
         double: 诊室与候诊区 <- scale | 您对诊室与候诊区的清洁程度是否满意？
         double: 价格和质量 <- row | 价格和质量
         double: 薪酬和晋升机会 <- one | 您对薪酬和晋升机会满意吗？ | 非常满意, 满意, 一般, 不满意
         double: 質量和價格 <- scale | 您對產品的質量和價格有多滿意？
         double: 质 量 和 价 格 <- scale | 您 对 产品 的 质 量 和 价 格 有 多 满意 ？",
    );
}

#[test]
fn one_thing_in_chinese() {
    check(
        "fixed | 您有多大可能向朋友或同事推荐我们？
         scale | 您对工作与生活的平衡有多满意？
         scale | 您对价格与质量之间的关系有多满意？
         scale | 请从服务态度、价格等方面评价我们的服务。
         scale | 您如何评价我们的价格与其他品牌的质量？
         scale | 您对员工的能力和素质有多满意？
         yes | 您好，您是否收到过产品和活动的信息？
         scale | 与去年相比，您对我们的满意度有什么变化？
         scale | 您对《质量和价格》这份说明有多满意？
         one | 您更看重价格还是质量？ | 价格, 质量
         yes | 您是否已阅读并同意隐私政策？
         yes | 您是否下载并安装了我们的应用？
         yes | 您本人或家人是否有过敏史？
         agree | 师傅热情、周到。
         agree | 门店干净、整洁。
         words | 您对我们还有什么意见和建议？
         many | 您在意价格和质量吗？ | 价格, 质量
         row | 设施和设备
         row | 首次响应的及时程度",
    );
}

#[test]
fn leading_and_loaded() {
    check(
        "leading: Don't you <- yes | Don't you think that our service has improved?
         leading: wouldn’t you <- yes | Our new app is better, wouldn’t you agree?
         leading: isn't it <- yes | Our delivery is fast, isn't it?
         leading: right? <- yes | You enjoyed the evening, right?
         leading: Most customers love <- scale | Most customers love our new app. How satisfied are you?
         leading: Everyone knows <- scale | Everyone knows that sleep matters. How important is it to you?
         leading: How much do you love <- scale | How much do you love our new app?
         leading: Do you agree that <- yes | Do you agree that our hotel is the best in town?
         leading: 难道 <- yes | 难道您不觉得新版本更好用吗？
         leading: 不觉得 <- yes | 您不觉得新版本更好用吗？
         leading: 不是吗 <- yes | 客服很热情，不是吗？
         leading: 众所周知 <- scale | 众所周知，早餐很重要。您对早餐有多满意？
         leading: 專家建議 <- yes | 專家建議每天喝八杯水，您是否做到？
         loaded: award-winning <- scale | How satisfied are you with our award-winning support?
         loaded: excellent <- scale | How would you rate our excellent service?
         loaded: reckless spending <- yes | Should the council end its reckless spending?
         loaded: unfair <- scale | What do you think of this unfair tax?
         loaded: 贴心 <- scale | 您对我们贴心的售后服务满意吗？
         yes | Why didn't you complete your order?
         number | How many orders did you place last month? Don't include gifts.
         scale | Some people say the town is safe, others say it is not. How safe do you feel?
         agree | Most people would learn to use this system quickly.
         yes | Have you seen the slogan “Don't you want more?”
         leading: Do you agree with the president that <- yes | Do you agree with the president that taxes are high?
         yes | Do you agree with the following statement that taxes are high?
         agree | My colleagues are hardworking people.
         yes | Do you agree that we may store your answers?
         yes | Was the service excellent?
         scale | How great is the need for repairs in your home?
         yes | 您会选择绿茶而不是红茶吗？
         scale | 您有多么担心食品价格？
         yes | 您是不是第一次来我们门店？
         agree | 我认为大多数人都能很快学会。
         yes | 您有没有看过《专家建议》栏目？
         yes | 我们的服务是否贴心？
         scale | 您对本市优质教育资源的分布有多满意？",
    );
}

#[test]
fn negations() {
    check(
        "not: not <- agree | The staff was not helpful.
         not: not <- yes | Do you believe that the paper does not check its facts?
         not: don't <- one | I don't find it hard to get along with people. | True, False
         not: don't <- agree | I don't feel valued at work.
         not: not <- yes | Should smoking not be allowed in parks?
         not: 不 <- agree | 我不觉得自己受到重视。
         not: 没有 <- agree | 客服没有解决我的问题。
         not: 没有 <- yes | 您是否没有使用过我们的应用？
         notnot: not oppose <- yes | Do you not oppose longer opening hours?
         notnot: not uncommon <- agree | It is not uncommon for me to work late.
         notnot: disagree that the shop should not <- yes | Do you disagree that the shop should not be closed?
         notnot: 不反对 <- yes | 您是否不反对延长营业时间？
         notnot: 不得不 <- agree | 我不得不加班。
         yes | Are you now married, divorced, or never married?
         yes | Was there a time when you needed care but did not get it?
         yes | Whether or not you have used it, have you heard of it?
         many | Which of these, if any, have you not tried? | Tea, Coffee, None
         one | What is the main reason you did not buy? | Price, Other
         scale | How much do you agree or disagree with the plan?
         agree | I know whom to ask when I do not know what to do.
         yes | 您有没有使用过我们的应用？
         yes | 过去一年，您是否因为费用原因没有去看病？
         scale | 您对不同门店的服务有多满意？
         one | 您未完成支付的主要原因是什么？ | 价格, 质量, 其他
         yes | Do you deal with people you do not work with?
         yes | 您未来是否会再次光临？
         agree | 在天气不好时，公交仍然准点。
         one | 您对该政策持什么态度？ | 支持, 既不支持也不反对, 反对",
    );
}

#[test]
fn time_and_frequency() {
    check(
        "vague: regularly <- yes | Do you exercise regularly?
         vague: often <- yes | Do you often eat at work?
         vague: recently <- yes | Have you recently bought from us?
         vague: lately <- yes | Have you been in our shop lately?
         vague: sometimes <- agree | I sometimes feel tired at work.
         vague: 经常 <- agree | 我经常感到紧张。
         vague: 你常 <- row | 你常感到寂寞吗？ | 从不, 很少, 有时, 一直
         vague: 经常 <- yes | 您经常锻炼吗？
         vague: 最近 <- yes | 您最近是否购买过我们的产品？
         period: How many times <- number | How many times have you been in our shop?
         vague: How often; period: How often <- one | How often do you cook? | Never, Rarely, Sometimes, Often
         period: 多少次 <- number | 您来过我们门店多少次？
         vague: 频率; period: 频率 <- one | 您参观博物馆的频率： | 从不, 偶尔, 经常
         vague: 多久; period: 多久 <- one | 您多久锻炼一次？ | 从不, 偶尔, 经常
         one | How often do you cook? | Every day, Once a week, Less often
         number | How many times did you contact us about this matter?
         number | How many times have you been in our shop (in the past 30 days)?
         words | How often would you like to hear from us?
         one | How often do you feel lonely? | Never, Sometimes, Often
         one | How do you usually travel to work? | Bus, Car
         scale | How satisfied were you with your most recent visit?
         yes | Do you have to travel as often as last year?
         agree | I would like to use this system often.
         agree | 我会经常使用这个系统。
         row | 首次响应的速度 | 从不, 很少, 有时, 一直
         yes | 最近三个月，您是否购买过我们的产品？
         one | 您最常使用的支付方式是？ | 现金, 银行卡
         one | 您多久锻炼一次？ | 每天一次, 每周一次, 每月一次
         number | 为了这次的问题，您一共联系了我们多少次？
         words | 您希望我们多久联系您一次？
         yes | 离您家最近的医院是否能步行到达？",
    );
}

#[test]
fn a_window_around_the_text_counts() {
    let mut prompt = Prompt::new("How many times did you call us?", Language::English, Answer::Number);
    assert_eq!(reference_period::find(&Stem::new(prompt.clone())).len(), 1);
    prompt.around = vec!["The past 3 months"];
    assert_eq!(reference_period::find(&Stem::new(prompt)), []);
}

#[test]
fn statements_and_suppositions() {
    check(
        "absolute: always <- agree | My manager always listens to me.
         absolute: every time <- agree | I get help every time I call.
         absolute: never <- one | I have never disliked anyone. | True, False
         absolute: 总是 <- agree | 上级总是听取我的意见。
         if: If the price were raised <- yes | If the price were raised by 10%, would you still buy it?
         if: Imagine <- yes | Imagine we opened a shop near you. Would you visit it?
         if: if it were <- yes | Would you take the bus if it were free?
         if: if <- yes | Would you come more often if parking cost less?
         if: 如果 <- one | 如果有这样的产品，您会购买吗？ | 会, 不会
         if: 假如 <- yes | 假如我们推出会员服务，您是否会购买？
         presumes: What problems have you <- many | What problems have you had with the parts? | Late, Broken
         presumes: 您不支持的主要原因 <- many | 您不支持的主要原因是什么？ | 太贵, 太远
         presumes: What is the biggest problem <- many | What is the biggest problem with the parts? | Late, Broken
         presumes: Have you stopped <- yes | Have you stopped smoking?
         presumes: 遇到过哪些问题 <- many | 您在使用中遇到过哪些问题？ | 卡顿, 闪退
         agree | The parts are almost always in stock.
         yes | Have you always lived in this town?
         words | If you could change one thing, what would it be?
         scale | How disappointed would you be if you could no longer use it?
         words | If you have children, would you say there is enough for them to do?
         yes | Have you had any trouble? If so, would you call us?
         scale | If you called us last month, how satisfied were you with the answer?
         many | What problems have you had with the parts? | Late, Broken, No problem
         words | What problems have you had with the parts?
         many | Which problems, if any, have you had? | Late, Broken
         many | 您在使用中遇到过哪些问题？ | 卡顿, 闪退, 没有遇到过问题
         words | 如果可以改变一件事，您最希望改变什么？
         yes | 您是否需要发票？如需要，请填写邮箱。",
    );
}

#[test]
fn words_length_memory_and_privacy() {
    check(
        "jargon: SLA <- scale | How satisfied are you with our SLA?
         jargon: SLA <- scale | 您对我们的SLA满意吗？
         jargon: 触点 <- scale | 您对我们各个触点的体验如何？
         recall: What percentage of <- number | What percentage of your day is spent at a screen?
         recall: how many times <- number | In the past 12 months, how many times did you eat out?
         recall: 百分之几 <- number | 食品支出占全部支出的百分之几？
         sensitive: What is your gender <- one | What is your gender? | Male, Female
         sensitive: your annual household income <- one | What is your annual household income? | Low, High
         sensitive: 收入 <- one | 您的月收入是？ | 低, 高
         scale | How satisfied are you with our service level agreement (SLA)?
         scale | How satisfied are you with the USB port of the new IBM?
         one | In the past 12 months, how many times did you eat out? | 0 to 5, 6 to 20, More
         number | In the past 30 days, how many times did you eat out?
         one | What is your annual household income? | Low, High, Prefer not to say
         one | How often did you negotiate your salary last year? | Never, Once, More often
         scale | How satisfied are you with your salary?
         one | 您的月收入是？ | 低, 高, 不愿透露
         scale | 您对目前的收入满意吗？",
    );
}

#[test]
fn length_counts_only_the_sentence_that_asks() {
    let long = "one two three four five six seven eight nine ten";
    let count = |text: String| {
        long_stem::find(&Stem::new(Prompt::new(&text, Language::English, Answer::Scale))).len()
    };
    assert_eq!(count(format!("How {long} {long} {long}?")), 1);
    assert_eq!(count(format!("{long} {long} {long} and more. How satisfied are you?")), 0);
    assert_eq!(count(format!("How satisfied are you ({long} {long} {long})?")), 0);
    let chinese =
        |text: &str| long_stem::find(&Stem::new(Prompt::new(text, Language::Chinese, Answer::Scale))).len();
    assert_eq!(chinese(&format!("您{}满意吗？", "对门店".repeat(16))), 1);
    assert_eq!(chinese(&format!("{}。您满意吗？", "对门店".repeat(20))), 0);
}

/// Odd texts give no panic and no place outside of them.
#[test]
fn any_text_is_survived() {
    let odd = [
        "",
        " ",
        "?",
        "？",
        "“",
        "（",
        "{{",
        "{{ name }}",
        "and",
        "and and",
        "不",
        "和",
        "a’",
        "'",
        "-",
        "如果",
        ".",
        "…",
        "\u{1}",
        "How often",
        "the and the",
        "不仅",
        "、、",
        "İstanbul and İzmir SLA touchpoint",
        "ﬁne and good",
        "您。",
        "又又又",
        "并",
    ];
    let answers = [Answer::Scale, Answer::YesNo, Answer::Number];
    let mut texts: Vec<String> = odd.iter().map(|t| (*t).to_owned()).collect();
    for one in odd {
        texts.extend(odd.iter().step_by(2).map(|other| format!("{one}{other}")));
    }
    let whole = "您对“产品”和服务(总体)有多满意？How satisfied, “all in all”, are you with price and quality {{ x }}?";
    texts.extend((0..=whole.len()).filter_map(|end| whole.get(..end).map(str::to_owned)));
    texts.extend((0..=whole.len()).filter_map(|start| whole.get(start..).map(str::to_owned)));
    for text in &texts {
        for language in [Language::Chinese, Language::English] {
            for answer in answers {
                let stem = Stem::new(Prompt::new(text, language, answer).labels(&["Agree", "Disagree"]));
                for (name, find) in ALL {
                    for hit in find(&stem) {
                        assert!(
                            text.get(hit.range.clone()).is_some(),
                            "{name} gives {:?} of {text:?}",
                            hit.range
                        );
                    }
                }
            }
        }
    }
}
