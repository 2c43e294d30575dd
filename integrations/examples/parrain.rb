# Tells Parrain of orders and refunds, and signs who is signed in. Ruby 3.0 or newer, nothing to install.

require 'json'
require 'net/http'
require 'openssl'
require 'securerandom'

module Parrain
  # Sends one event and hands back the answer; raises where nothing was recorded.
  def self.send_event(type, data)
    body = JSON.generate(type: type, data: data)
    id, now = "msg_#{SecureRandom.hex(16)}", Time.now.to_i.to_s
    key = ENV.fetch('PARRAIN_EVENT_SECRET').delete_prefix('whsec_').unpack1('m')
    signature = [OpenSSL::HMAC.digest('SHA256', key, "#{id}.#{now}.#{body}")].pack('m0')
    url = URI("#{ENV.fetch('PARRAIN_EDGE')}/v1/shops/#{ENV.fetch('PARRAIN_SHOP')}/events")
    request = Net::HTTP::Post.new(url, 'Content-Type' => 'application/json', 'webhook-id' => id,
                                       'webhook-timestamp' => now, 'webhook-signature' => "v1,#{signature}")
    request.body = body
    answer = Net::HTTP.start(url.host, url.port, use_ssl: url.scheme == 'https', open_timeout: 10,
                                                 read_timeout: 10) { |http| http.request(request) }
    # A 4xx is a mistake and names it; send it again later after a 429, a 5xx or no answer.
    raise "Parrain answered #{answer.code}: #{answer.body}" unless answer.code == '200'

    JSON.parse(answer.body)
  end

  # The value of the tag's data-customer.
  def self.identity(id, email)
    url64 = ->(bytes) { [bytes].pack('m0').tr('+/', '-_').delete('=') }
    claims = JSON.generate(sub: id, email: email, exp: Time.now.to_i + 43_200)
    said = "#{url64.call('{"alg":"HS256","typ":"JWT"}')}.#{url64.call(claims)}"
    "#{said}.#{url64.call(OpenSSL::HMAC.digest('SHA256', ENV.fetch('PARRAIN_IDENTITY_KEY'), said))}"
  end
end

# Tried out by: ruby parrain.rb ORDER_ID CODE
if __FILE__ == $PROGRAM_NAME
  order, code = ARGV
  at = Time.now.utc.strftime('%Y-%m-%dT%H:%M:%SZ')
  puts JSON.generate(Parrain.send_event('order.paid', {
    order_id: order, at: at,
    customer: { id: 'c-7', email: 'bob@example.com', orders_count: 1 },
    currency: 'EUR', subtotal: '80.00', discount: '8.00', shipping: '5.00', tax: '14.40', total: '91.40',
    codes: [code]
  }))
  puts JSON.generate(Parrain.send_event('order.refunded', {
    order_id: order, at: at, refund_id: "r-#{order}", amount: '36.00'
  }))
  puts Parrain.identity('c-7', 'bob@example.com')
end
