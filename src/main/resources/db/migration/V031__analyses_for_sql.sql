-- Every result of an analysis as a row; with degree days and normals.
CREATE OR REPLACE VIEW weather_analysis AS
WITH g AS (SELECT generation, (SELECT published_at::date FROM generation n WHERE n.generation = c.generation) AS day
           FROM current_generation c WHERE dataset = 'weather')
SELECT 'monthly_' || stat AS analysis_type, city, metric AS metric_name, value AS metric_value,
  to_date(month, 'YYYY-MM') AS analysis_date, generation
FROM (
  SELECT m.city, m.month, g.generation, v.metric, v.stat, v.value
  FROM city_month m CROSS JOIN g CROSS JOIN LATERAL (VALUES
    ('temperature', 'mean', temperature_sum / nullif(temperature_count, 0)), ('temperature', 'min', temperature_min), ('temperature', 'max', temperature_max),
    ('feels_like', 'mean', feels_like_sum / nullif(feels_like_count, 0)), ('feels_like', 'min', feels_like_min), ('feels_like', 'max', feels_like_max),
    ('dew_point', 'mean', dew_point_sum / nullif(dew_point_count, 0)), ('dew_point', 'min', dew_point_min), ('dew_point', 'max', dew_point_max),
    ('humidity', 'mean', humidity_sum / nullif(humidity_count, 0)), ('humidity', 'min', humidity_min), ('humidity', 'max', humidity_max),
    ('pressure', 'mean', pressure_sum / nullif(pressure_count, 0)), ('pressure', 'min', pressure_min), ('pressure', 'max', pressure_max),
    ('wind_speed', 'mean', wind_speed_sum / nullif(wind_speed_count, 0)), ('wind_speed', 'min', wind_speed_min), ('wind_speed', 'max', wind_speed_max),
    ('wind_gust', 'mean', wind_gust_sum / nullif(wind_gust_count, 0)), ('wind_gust', 'min', wind_gust_min), ('wind_gust', 'max', wind_gust_max),
    ('wind_direction', 'mean', wind_direction_sum / nullif(wind_direction_count, 0)), ('wind_direction', 'min', wind_direction_min), ('wind_direction', 'max', wind_direction_max),
    ('precipitation', 'mean', precipitation_sum / nullif(precipitation_count, 0)), ('precipitation', 'min', precipitation_min), ('precipitation', 'max', precipitation_max),
    ('precipitation_probability', 'mean', precipitation_probability_sum / nullif(precipitation_probability_count, 0)), ('precipitation_probability', 'min', precipitation_probability_min), ('precipitation_probability', 'max', precipitation_probability_max),
    ('snow', 'mean', snow_sum / nullif(snow_count, 0)), ('snow', 'min', snow_min), ('snow', 'max', snow_max),
    ('snow_depth', 'mean', snow_depth_sum / nullif(snow_depth_count, 0)), ('snow_depth', 'min', snow_depth_min), ('snow_depth', 'max', snow_depth_max),
    ('cloud_cover', 'mean', cloud_cover_sum / nullif(cloud_cover_count, 0)), ('cloud_cover', 'min', cloud_cover_min), ('cloud_cover', 'max', cloud_cover_max),
    ('visibility', 'mean', visibility_sum / nullif(visibility_count, 0)), ('visibility', 'min', visibility_min), ('visibility', 'max', visibility_max),
    ('solar_radiation', 'mean', solar_radiation_sum / nullif(solar_radiation_count, 0)), ('solar_radiation', 'min', solar_radiation_min), ('solar_radiation', 'max', solar_radiation_max),
    ('uv_index', 'mean', uv_index_sum / nullif(uv_index_count, 0)), ('uv_index', 'min', uv_index_min), ('uv_index', 'max', uv_index_max),
    ('precipitation', 'sum', CASE WHEN precipitation_count > 0 THEN precipitation_sum END)
  ) AS v(metric, stat, value)
  WHERE m.valid_from <= g.generation AND g.generation < m.valid_to AND v.value IS NOT NULL
) monthly
UNION ALL
SELECT 'amplitude_' || v.stat, a.city, 'temperature', v.value, to_date(a.month, 'YYYY-MM'), g.generation
FROM amplitude a CROSS JOIN g
  CROSS JOIN LATERAL (VALUES ('mean', mean_daily_amplitude), ('max', max_daily_amplitude)) AS v(stat, value)
WHERE a.valid_from <= g.generation AND g.generation < a.valid_to
UNION ALL
SELECT 'comparison_' || v.stat, c.city, c.metric, v.value, g.day, g.generation
FROM comparison c CROSS JOIN g
  CROSS JOIN LATERAL (VALUES ('mean', mean), ('min', min), ('max', max), ('standard_deviation', standard_deviation),
    ('rank', rank)) AS v(stat, value)
WHERE c.valid_from <= g.generation AND g.generation < c.valid_to AND v.value IS NOT NULL
UNION ALL
SELECT 'extreme_' || e.kind, e.city, e.metric, e.value, (e.observed_at AT TIME ZONE 'UTC')::date, g.generation
FROM extremes e CROSS JOIN g
WHERE e.valid_from <= g.generation AND g.generation < e.valid_to
UNION ALL
SELECT 'correlation', c.city, c.first || ':' || c.second, c.coefficient, g.day, g.generation
FROM correlations c CROSS JOIN g
WHERE c.valid_from <= g.generation AND g.generation < c.valid_to AND c.coefficient IS NOT NULL
UNION ALL
SELECT 'cluster', c.city, 'cluster', c.cluster, g.day, g.generation
FROM clusters c CROSS JOIN g
WHERE c.valid_from <= g.generation AND g.generation < c.valid_to
UNION ALL
SELECT 'degree_days_' || v.stat, d.city, 'temperature', v.value, to_date(d.month, 'YYYY-MM'), g.generation
FROM degree_days d CROSS JOIN g CROSS JOIN LATERAL (VALUES ('heating', heating), ('cooling', cooling)) AS v(stat, value)
WHERE d.valid_from <= g.generation AND g.generation < d.valid_to
UNION ALL
-- A day of any year, as one of the leap year 2000
SELECT 'normal_' || v.stat, n.city, 'temperature', v.value, ('2000-' || n.day)::date, g.generation
FROM normals n CROSS JOIN g
  CROSS JOIN LATERAL (VALUES ('mean', mean), ('low', low), ('high', high), ('years', years)) AS v(stat, value)
WHERE n.valid_from <= g.generation AND g.generation < n.valid_to;
