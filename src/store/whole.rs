//! What scoring reads: all responses and drawn people of a campaign, together or one after the other.

use std::collections::BTreeSet;
use std::sync::Arc;

use sqlx::Row;

use super::error::StoreError;
use super::open::Store;
use super::pooling::Pooling;
use super::row::{self, count};
use super::stream::each;
use super::types::{Answer, Response, SampleUnit};

/// Drawn people without their identity, by cell and draw order.
const DRAWN: &str = "select cell, cluster, released_at, response_id, fields from invitation where campaign = ? \
     order by cell, position, key, occasion";

impl Store {
    /// Returns all responses, sorted by the time of completion (else of the start) and pseudonym.
    pub async fn responses(&self, campaign: &str) -> Result<Vec<Response>, StoreError> {
        let (mut answers, mut fields) = (Pooling::<Answer>::default(), Pooling::<String>::default());
        let mut words: BTreeSet<Arc<str>> = BTreeSet::new();
        let mut read = Vec::new();
        let rows = sqlx::query("select * from response where campaign = ?").bind(campaign);
        each(rows.fetch(&self.readers), |row| {
            let response = row::response_without(row, |text| {
                let known = words.get(text).cloned();
                known.unwrap_or_else(|| {
                    let word: Arc<str> = text.into();
                    words.insert(word.clone());
                    word
                })
            })?;
            let answers = answers.read(row.try_get("answers")?)?;
            read.push((response, answers, fields.read(row.try_get("fields")?)?));
            Ok(())
        })
        .await?;
        read.sort_by(|(a, ..), (b, ..)| {
            let at = |r: &Response| r.completed_at.unwrap_or(r.started_at);
            (at(a), &a.pseudonym).cmp(&(at(b), &b.pseudonym))
        });
        let (answers_of, fields_of) = (answers.shared(), fields.shared());
        let whole = |(response, answers, fields)| Response {
            answers: answers_of(answers),
            fields: fields_of(fields),
            ..response
        };
        Ok(read.into_iter().map(whole).collect())
    }

    /// Returns the drawn people without their identity, sorted by cell and draw order.
    pub async fn sample(&self, campaign: &str) -> Result<Vec<SampleUnit>, StoreError> {
        let mut fields = Pooling::<String>::default();
        let mut read = Vec::new();
        each(sqlx::query(DRAWN).bind(campaign).fetch(&self.readers), |r| {
            let unit = row::unit(r.try_get("cell")?, r)?;
            let unit = SampleUnit { response: r.try_get("response_id")?, ..unit };
            read.push((unit, fields.read(r.try_get("fields")?)?));
            Ok(())
        })
        .await?;
        let fields_of = fields.shared();
        Ok(read.into_iter().map(|(unit, fields)| SampleUnit { fields: fields_of(fields), ..unit }).collect())
    }

    /// Hands over all responses one by one, each with the drawn person whose it is, if that is known; in no order.
    pub async fn each_response(
        &self,
        campaign: &str,
        mut each_one: impl FnMut(Response, Option<SampleUnit>),
    ) -> Result<(), StoreError> {
        let rows = sqlx::query(
            "select r.*, i.cell as drawn_cell, i.cluster, i.released_at, i.fields as drawn_fields from response r \
             left join invitation i on i.response_id = r.id and i.campaign = r.campaign where r.campaign = ?",
        );
        each(rows.bind(campaign).fetch(&self.readers), |r| {
            let response = row::response(r)?;
            let drawn = match r.try_get::<Option<i64>, _>("drawn_cell")? {
                None => None,
                Some(cell) => Some(SampleUnit {
                    response: Some(response.id),
                    fields: row::fields(r, "drawn_fields")?,
                    ..row::unit(cell, r)?
                }),
            };
            each_one(response, drawn);
            Ok(())
        })
        .await
    }

    /// Hands over the drawn people one by one without their identity, sorted by cell and draw order.
    pub async fn each_drawn(
        &self,
        campaign: &str,
        mut each_one: impl FnMut(SampleUnit),
    ) -> Result<(), StoreError> {
        each(sqlx::query(DRAWN).bind(campaign).fetch(&self.readers), |r| {
            let unit = row::unit(r.try_get("cell")?, r)?;
            each_one(SampleUnit {
                response: r.try_get("response_id")?,
                fields: row::fields(r, "fields")?,
                ..unit
            });
            Ok(())
        })
        .await
    }

    /// Counts drawn people and responses.
    pub async fn people_and_responses(&self, campaign: &str) -> Result<u64, StoreError> {
        let all: i64 = sqlx::query_scalar(
            "select (select count(*) from invitation where campaign = ?1) + (select count(*) from response where \
             campaign = ?1)",
        )
        .bind(campaign)
        .fetch_one(&self.readers)
        .await?;
        Ok(count(all))
    }
}
