//! What providers charge: amounts with their currency, such as `sms: "CNY 0.045"`.

use serde::Deserialize;

/// Prices of messages, all in one currency.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Prices {
    /// Currency; `None` when no price is given.
    pub currency: Option<String>,
    /// Of a segment of a short message.
    pub sms: Option<f64>,
    /// Of an e-mail.
    pub email: Option<f64>,
    /// Of a call.
    pub call: Option<f64>,
    /// What a campaign may cost at most.
    pub limit: Option<f64>,
}

/// Prices as they are written.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawPrices {
    sms: Option<String>,
    email: Option<String>,
    call: Option<String>,
    limit: Option<String>,
}

impl RawPrices {
    /// Reads the amounts; all must have one currency.
    pub(super) fn read(&self) -> Result<Prices, String> {
        let mut prices = Prices::default();
        let amounts = [
            ("sms", &self.sms, &mut prices.sms),
            ("email", &self.email, &mut prices.email),
            ("call", &self.call, &mut prices.call),
            ("limit", &self.limit, &mut prices.limit),
        ];
        for (name, text, place) in amounts {
            let Some(text) = text else { continue };
            let (currency, amount) = amount(text).ok_or_else(|| {
                format!(
                    "`{name}` is `{text}`; write a currency and an amount, such as `{name}: \"CNY 0.045\"`"
                )
            })?;
            let known = prices.currency.get_or_insert_with(|| currency.to_owned());
            if known != currency {
                return Err(format!(
                    "`{name}` is in {currency} and another amount in {known}; write all in one currency"
                ));
            }
            *place = Some(amount);
        }
        Ok(prices)
    }
}

fn amount(text: &str) -> Option<(&str, f64)> {
    let (currency, amount) = text.trim().split_once(char::is_whitespace)?;
    let letters = currency.len() == 3 && currency.bytes().all(|b| b.is_ascii_uppercase());
    let plain = amount.trim().bytes().all(|b| b.is_ascii_digit() || b == b'.');
    let amount: f64 = amount.trim().parse().ok().filter(|_| letters && plain)?;
    Some((currency, amount))
}
