//! English words.

/// Nouns for what is judged.
pub const ASPECTS: &str = "
quality price prices pricing cost costs value fees affordability speed timeliness promptness punctuality accuracy consistency
service services staff staffing friendliness helpfulness politeness courtesy professionalism knowledge expertise competence
attitude behaviour behavior responsiveness attentiveness empathy respect honesty integrity fairness transparency trust
cleanliness hygiene comfort atmosphere ambience ambiance decor layout noise lighting temperature parking location facilities
design look appearance style fit size colour color usability functionality features feature reliability performance stability
durability availability accessibility security safety privacy content documentation instructions navigation interface
taste flavour flavor freshness portion portions variety selection assortment range choice choices food drinks beverages menu meals meal
delivery shipping packaging checkout ordering payment returns refunds billing invoicing installation setup warranty
communication information advice explanations support help training onboarding product products brand reputation
pay salary wages benefits compensation workload hours recognition autonomy flexibility leadership management manager managers
supervisor colleagues teamwork culture collaboration resources equipment tools technology career promotion
course courses teaching teachers teacher instructor instructors lecturer lectures materials curriculum assessment feedback
care treatment doctor doctors nurse nurses reception receptionist
frequency reliability connections buses trains roads streets schools hospitals police parks libraries lighting
relevance usefulness usability clarity depth pace length speakers speaker venue organisation organization topics catering
education opportunities prospects conditions environment coverage signal network battery camera screen sound weight size efficiency effectiveness convenience simplicity ease
website app application portal newsletter email emails website's
";

/// Endings of nouns for what is judged, where the list does not hold them.
pub const ASPECT_ENDINGS: &[&str] = &["ness", "ability", "ibility", "ivity"];

/// Adjectives and adverbs that judge.
pub const QUALITIES: &str = "
friendly helpful polite courteous professional knowledgeable competent attentive responsive caring empathetic patient
respectful honest sincere trustworthy fair transparent open approachable supportive available accessible experienced
quick fast prompt timely punctual efficient effective speedy slow quickly promptly efficiently politely professionally clearly
clean tidy comfortable quiet spacious bright safe secure modern attractive beautiful stylish
easy simple clear intuitive straightforward convenient understandable useful relevant accurate complete informative interesting
engaging enjoyable entertaining inspiring motivating challenging meaningful rewarding boring
reliable stable robust durable flexible affordable inexpensive cheap expensive reasonable competitive valuable
tasty delicious fresh healthy nutritious hot warm varied
effective innovative creative consistent constructive positive productive realistic achievable manageable
valued respected appreciated recognised recognized motivated engaged supported informed heard included trained equipped
satisfied proud confident happy healthy comfortable sympathetic reassuring neat well-dressed
sufficient appropriate adequate correct prepared well-prepared up-to-date detailed concise credible trusted
good great excellent well-designed well-organised well-organized organised organized high-quality
";

/// Verbs that are seldom nouns.
pub const VERBS: &str = "
listen listens listened resolve resolves resolved solve solves solved understand understands understood explain explains explained
provide provides provided receive receives received get gets got buy buys bought feel feels felt know knows knew recommend
recommends recommended enjoy enjoys enjoyed find finds learn learns learned learnt arrive arrives arrived complete completes
completed keep keeps kept make makes made give gives gave take takes took treat treats treated respond responds responded act
acts acted communicate communicates communicated recognise recognises recognised recognize recognizes recognized encourage
encourages encouraged inspire inspires inspired motivate motivates motivated meet meets met exceed exceeds exceeded eat eats
drink smoke smokes write writes speak speaks learn 
 addressed appreciate appreciates include includes involve involves involved inform informs informed
develop develops developed deliver delivers delivered solve offered apologise apologised apologize apologized
follow follows followed care cares acted install installed installs navigate navigates maintain maintains maintained
works appear appears seem seems answer reduce reduces reduced raise raises raised lower lowers build builds built invest invests invested protect protects
protected create creates created ensure ensures ensured support supports supported help helps helped guide guides guided lead leads led
allow allows allowed save saves saved share shares shared offer offers manage manages managed plan plans planned organise organises organize
organizes discuss discusses discussed consider considers considered trust trusts value values respect respects respected talk talks talked
update updates updated handle handles handled teach teaches taught promote promotes promoted prepare prepares prepared achieve achieves
achieved contribute contributes contributed remember remembers complain complains express expresses expressed accept accepts accepted
fix fixes fixed answered offered addressed looks participate participates participated attend attends attended improve improves improved sell sells sold
";

/// Pairs that mean one thing, or that cover a range on purpose; either order.
pub const FIXED: &str = "
friend/colleague friends/colleagues friends/family family/friends friend/family relative/friend friends/relatives terms/conditions
research/development food/drink food/drinks food/beverage food/beverages health/safety bed/breakfast arts/crafts
diversity/inclusion equity/inclusion equality/diversity equality/inclusion diversity/equity learning/development training/development name/address date/time
care/concern dignity/respect courtesy/respect respect/courtesy respect/dignity parks/recreation fruit/vegetables fruits/vegetables wear/tear
pros/cons sales/marketing rules/regulations policies/procedures customs/immigration supply/demand
safe/sound sick/tired loud/clear ups/downs dos/don'ts odds/ends part/parcel tried/tested give/take nuts/bolts hustle/bustle
health/well-being health/wellbeing safety/well-being safety/wellbeing standards/procedures processes/procedures systems/processes laws/regulations
strengths/weaknesses risks/benefits advantages/disadvantages costs/benefits likes/dislikes rights/responsibilities rights/duties opportunities/challenges
challenges/opportunities causes/effects beginning/end north/south left/right urban/rural input/output reading/writing check-in/check-out arrival/departure
staff/volunteers students/staff staff/students students/teachers parents/teachers teachers/students children/young patients/families patients/visitors customers/suppliers
customers/partners questions/discussion questions/concerns concerns/complaints towns/cities cities/towns villages/towns heating/cooling lunch/dinner breakfast/lunch
evenings/weekends knives/forks shirts/trousers coats/shoes clothes/shoes hopes/dreams ifs/buts
plants/animals mother/baby parks/open parks/gardens marking/assessment assessment/marking forgive/forget rules/procedures time/money time/resources time/effort time/energy parents/carers children/parents
families/carers black/white question/answer questions/answers bickering/fighting joints/muscles arms/legs hands/feet eyes/ears body/mind
flora/fauna trial/error profit/loss income/expenses revenue/expenses wine/cheese coffee/tea tea/coffee salt/pepper bread/butter
ladies/gentlemen sons/daughters brothers/sisters husband/wife aunts/uncles neighbours/friends neighbors/friends pick/choose mix/match
copy/paste search/find plan/organise plan/organize cut/paste read/follow stop/think sit/wait wait/see learn/grow laugh/cry run/walk
lesbians/men men/lesbians gays/lesbians human/animal public/private online/offline plus/minus past/present start/finish arrival/departure
opening/closing pick-up/drop-off pickup/delivery drop-off/pick-up art/culture arts/culture sports/leisure art/music peace/quiet
theory/practice past/future room/resources feedback/suggestions concerns/suggestions ideas/suggestions ideas/opinions opinions/ideas
ideas/feedback praise/recognition recognition/praise roles/responsibilities duties/responsibilities goals/objectives objectives/goals
mission/vision vision/mission mission/values vision/values strategy/goals aims/objectives wants/needs needs/wants hopes/fears
tired/exhausted lonely/isolated sad/depressed upset/angry
materials/equipment equipment/materials tools/resources tools/equipment tools/technology pay/benefits salary/benefits wages/salary compensation/benefits
parents/guardians parent/guardian teaching/learning teachers/staff doctors/nurses buses/trains roads/streets streets/roads
science/technology information/communication information/communications information/technology hardware/software
hygiene/cleanliness look/feel ease/convenience service/support services/support installation/setup setup/installation active/vigorous fresh/rested
read/write eat/drink inspire/motivate inspires/motivates support/encourage supports/encourages listen/understand listened/understood quick/easy quickly/easily fair/respectful
read/understood read/understand seen/heard looked/felt help/support support/help help/advice advice/support support/advice advice/guidance information/advice
trust/confidence privacy/security security/privacy safety/security cost/price costs/fees effective/efficient efficient/effective
love/care return/refund returns/refunds shipping/delivery delivery/shipping
features/functionality grow/develop honesty/integrity billing/payment billing/invoicing care/treatment information/instructions information/documentation services/benefits upkeep/repair maintenance/repair knowledge/skills gas/electricity men/women boys/girls mother/father diagnosis/treatment day/night life/work friends/neighbours comments/suggestions questions/comments thoughts/feelings signs/directions screens/monitors
";

/// Words that say nearly the same, one group a line: two of a line are one thing.
pub const ALIKE: &str = "
friendly polite courteous kind nice warm pleasant welcoming respectful approachable politely courteously
quick fast prompt speedy timely efficient punctual quickly promptly efficiently
clear understandable easy simple straightforward intuitive concise detailed
clean tidy neat hygienic
safe secure
open honest transparent sincere
fair equal equitable reasonable just impartial
engaging fun exciting interesting enjoyable entertaining inspiring motivating
reliable dependable consistent stable trustworthy robust durable
valued respected appreciated recognised recognized heard included
supported encouraged motivated
happy satisfied pleased content cheerful glad
knowledgeable competent professional experienced professionally
calm relaxed peaceful rested fresh vigorous active
sad depressed hopeless blue downhearted miserable low down
nervous anxious worried stressed tense afraid restless panicky
tired exhausted weary fatigued worn drained
lonely isolated alone
angry annoyed irritated irritable upset frustrated
loud noisy
healthy nutritious fresh
creative innovative
accurate correct precise complete
sufficient adequate appropriate
relevant useful helpful valuable
attractive beautiful stylish modern
cheap inexpensive affordable
caring kind loving attentive empathetic supportive patient
friendliness politeness courtesy respect
speed timeliness promptness punctuality
knowledge expertise competence professionalism
clarity simplicity
atmosphere ambience ambiance decor
design look appearance style layout
variety range selection assortment choice
support help assistance advice guidance
cost costs price prices fees pricing
efficiency effectiveness
safety security privacy
ease simplicity convenience
pay salary wages compensation benefits
taste flavour flavor
honesty integrity transparency
portion portions size
";

/// Tells whether two words stand in one line of a list.
#[must_use]
pub fn alike(list: &str, one: &str, other: &str) -> bool {
    list.lines().any(|line| super::has(line, one) && super::has(line, other))
}

/// Adjectives and verbs that are opposites: a balanced question names both.
pub const OPPOSITES: &str = "
easy/difficult easy/hard good/bad good/poor satisfied/dissatisfied happy/unhappy likely/unlikely agree/disagree support/oppose favour/oppose
favor/oppose better/worse increase/decrease more/less high/low higher/lower strong/weak fast/slow quick/slow positive/negative important/unimportant
increased/decreased improved/worsened like/dislike fair/unfair clear/unclear too/not for/against approve/disapprove hot/cold
cheap/expensive comfortable/uncomfortable interesting/boring safe/unsafe healthy/unhealthy helpful/unhelpful clean/dirty
";

/// Tells whether two words are a pair of a list, in either order.
#[must_use]
pub fn pair(list: &str, one: &str, other: &str) -> bool {
    list.split_ascii_whitespace()
        .filter_map(|p| p.split_once('/'))
        .any(|(a, b)| (a == one && b == other) || (a == other && b == one))
}

/// Endings of adjectives and participles, as far as nouns seldom have them.
const QUALITY_ENDINGS: &[&str] =
    &["ful", "ous", "ive", "able", "ible", "less", "ical", "ional", "ed", "ic", "ary", "ish"];

/// Tells whether a word describes or judges.
#[must_use]
pub fn is_quality(word: &str) -> bool {
    super::has(QUALITIES, word) || (word.len() > 4 && QUALITY_ENDINGS.iter().any(|e| word.ends_with(e)))
}

/// Tells whether a word names something to be judged.
#[must_use]
pub fn is_aspect(word: &str) -> bool {
    super::has(ASPECTS, word) || (word.len() > 6 && ASPECT_ENDINGS.iter().any(|e| word.ends_with(e)))
}
