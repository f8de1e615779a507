//! Made-up people's names, with the Latin letters that their addresses are built from.

use super::random::Random;

const SURNAMES: &[(&str, &str)] = &[
    ("王", "wang"),
    ("李", "li"),
    ("张", "zhang"),
    ("刘", "liu"),
    ("陈", "chen"),
    ("杨", "yang"),
    ("赵", "zhao"),
    ("黄", "huang"),
    ("周", "zhou"),
    ("吴", "wu"),
    ("徐", "xu"),
    ("孙", "sun"),
    ("胡", "hu"),
    ("朱", "zhu"),
    ("高", "gao"),
    ("林", "lin"),
    ("何", "he"),
    ("郭", "guo"),
    ("马", "ma"),
    ("罗", "luo"),
    ("梁", "liang"),
    ("宋", "song"),
    ("郑", "zheng"),
    ("谢", "xie"),
    ("韩", "han"),
    ("唐", "tang"),
    ("冯", "feng"),
    ("于", "yu"),
    ("董", "dong"),
    ("萧", "xiao"),
    ("程", "cheng"),
    ("曹", "cao"),
    ("袁", "yuan"),
    ("邓", "deng"),
    ("许", "xu"),
    ("傅", "fu"),
    ("沈", "shen"),
    ("曾", "zeng"),
    ("彭", "peng"),
    ("吕", "lv"),
    ("苏", "su"),
    ("卢", "lu"),
    ("蒋", "jiang"),
    ("蔡", "cai"),
    ("贾", "jia"),
    ("丁", "ding"),
    ("魏", "wei"),
    ("薛", "xue"),
    ("叶", "ye"),
    ("阎", "yan"),
    ("欧阳", "ouyang"),
    ("司徒", "situ"),
];

const GIVEN: &[(&str, &str)] = &[
    ("伟", "wei"),
    ("芳", "fang"),
    ("娜", "na"),
    ("敏", "min"),
    ("静", "jing"),
    ("强", "qiang"),
    ("磊", "lei"),
    ("洋", "yang"),
    ("艳", "yan"),
    ("勇", "yong"),
    ("军", "jun"),
    ("杰", "jie"),
    ("娟", "juan"),
    ("涛", "tao"),
    ("明", "ming"),
    ("超", "chao"),
    ("霞", "xia"),
    ("平", "ping"),
    ("刚", "gang"),
    ("桂", "gui"),
    ("嘉", "jia"),
    ("梓", "zi"),
    ("浩", "hao"),
    ("宇", "yu"),
    ("轩", "xuan"),
    ("雨", "yu"),
    ("欣", "xin"),
    ("怡", "yi"),
    ("思", "si"),
    ("晨", "chen"),
    ("博", "bo"),
    ("文", "wen"),
    ("子", "zi"),
    ("涵", "han"),
    ("诗", "shi"),
    ("语", "yu"),
    ("佳", "jia"),
    ("琪", "qi"),
    ("俊", "jun"),
    ("瑶", "yao"),
    ("晓", "xiao"),
    ("婷", "ting"),
    ("云", "yun"),
    ("海", "hai"),
    ("志", "zhi"),
    ("建", "jian"),
    ("春", "chun"),
    ("红", "hong"),
];

const FIRST: &[&str] = &[
    "Alice",
    "Ben",
    "Clara",
    "David",
    "Elena",
    "Frank",
    "Grace",
    "Henry",
    "Irene",
    "Jack",
    "Karen",
    "Liam",
    "Maria",
    "Noah",
    "Olivia",
    "Paul",
    "Rosa",
    "Simon",
    "Tara",
    "Victor",
    "Wendy",
    "Yusuf",
    "Zoe",
    "Anna-Lena",
];

const LAST: &[&str] = &[
    "Adams", "Baker", "Carter", "Dupont", "Evans", "Fischer", "Garcia", "Hughes", "Ivanova", "Jensen",
    "Keller", "Lopez", "Meyer", "Novak", "O'Brien", "Patel", "Quinn", "Rossi", "Schmidt", "Tanaka", "Ueda",
    "Vogel", "Walker", "Young",
];

/// A name as it is displayed, and as it stands in an address.
pub struct Name {
    /// As displayed.
    pub display: String,
    /// In lower-case Latin letters with a dot, as in `wang.xiaoming`.
    pub latin: String,
}

/// Makes up a Chinese name.
pub fn chinese(random: &mut Random) -> Name {
    let surname = random.pick(SURNAMES);
    let first = random.pick(GIVEN);
    // One in five given names has a single character.
    if random.chance(0.2) {
        return Name {
            display: format!("{}{}", surname.0, first.0),
            latin: format!("{}.{}", surname.1, first.1),
        };
    }
    let second = random.pick(GIVEN);
    Name {
        display: format!("{}{}{}", surname.0, first.0, second.0),
        latin: format!("{}.{}{}", surname.1, first.1, second.1),
    }
}

/// Makes up a Western name.
pub fn western(random: &mut Random) -> Name {
    let (first, last) = (random.pick(FIRST), random.pick(LAST));
    let latin = format!("{first}.{last}").to_lowercase().replace('\'', "");
    Name { display: format!("{first} {last}"), latin }
}
